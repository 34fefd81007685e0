package stream

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/go-json-experiment/json"

	"github.com/openparley/parley/internal/webhook"
)

// post returns the sender of a webhook. It gets the body as it is.
func (t *Targets) post(h webhook.Hook) sender {
	return func(ctx context.Context, m Message) error {
		_, err := t.hooks.Post(ctx, h, webhook.Request{ID: m.ID, ContentType: m.contentType, Header: m.header, Body: m.Body})
		if refused, ok := errors.AsType[*webhook.Error](err); ok {
			return &Error{Err: refused, Permanent: refused.Permanent, After: refused.After}
		}
		return err
	}
}

// notification is what SNS posts to HTTP endpoints. Its own signature is made with a certificate of Amazon's and so stays empty here.
// Source: connect-chat sheet, 8.3.
type notification struct {
	Type              string
	MessageID         string `json:"MessageId"`
	TopicArn          string
	Message           string
	Timestamp         string
	SignatureVersion  string
	Signature         string
	SigningCertURL    string
	UnsubscribeURL    string
	MessageAttributes map[string]attribute
}

type attribute struct{ Type, Value string }

// inEnvelope has what was meant for an SNS topic arrive elsewhere as SNS would have delivered it, and all that has attributes, which have no
// other place.
func inEnvelope(topic string, send sender) sender {
	name, err := arn.Parse(topic)
	isTopic := err == nil && name.Service == "sns"
	return func(ctx context.Context, m Message) error {
		if !isTopic && len(m.Attributes) == 0 {
			return send(ctx, m)
		}
		n := notification{
			Type: "Notification", MessageID: m.ID, TopicArn: topic, Message: string(m.Body),
			Timestamp: m.Time.UTC().Format("2006-01-02T15:04:05.000Z"), SignatureVersion: "1",
			MessageAttributes: map[string]attribute{},
		}
		for name, value := range m.Attributes {
			if value != "" {
				n.MessageAttributes[name] = attribute{Type: "String", Value: value}
			}
		}
		body, err := json.Marshal(n, json.Deterministic(true))
		if err != nil {
			return permanently(err)
		}
		m.Body, m.contentType = body, "text/plain; charset=UTF-8"
		m.header = map[string]string{
			"X-Amz-Sns-Message-Type": n.Type, "X-Amz-Sns-Message-Id": m.ID, "X-Amz-Sns-Topic-Arn": topic,
		}
		return send(ctx, m)
	}
}
