package center

import (
	"encoding/json"
	"maps"
	"time"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/store"
)

// Types of contact events. Source: connect-chat sheet, 7.4.
const (
	contactInitiated         = "INITIATED"
	contactConnectedToSystem = "CONNECTED_TO_SYSTEM"
	contactDataUpdated       = "CONTACT_DATA_UPDATED"
	contactQueued            = "QUEUED"
	contactConnectedToAgent  = "CONNECTED_TO_AGENT"
	contactDisconnected      = "DISCONNECTED"
	contactCompleted         = "COMPLETED"
)

// Kinds of what is told to the outside.
const (
	kindEvent  = "event"
	kindItem   = "item"
	kindRecord = "record"

	// KindTranscript is that of a transcript that could not be written; WriteTranscript tells it.
	KindTranscript = "transcript"
)

// unset is what stands for a time that is not there in events that say what was updated. Source: connect-chat sheet, 7.4.
const unset = "1970-01-01T00:00:00.001Z"

// contactEvent tells the outside what happened to the current contact; updated are the properties that a CONTACT_DATA_UPDATED is about.
func (sc *scene) contactEvent(event string, updated ...string) {
	if len(sc.ContactEvents) == 0 {
		return
	}
	body, err := sc.eventBody(event, updated)
	if err != nil { // rows that can not be read any more: the contact goes on
		sc.Log.Error("contact event", "contact", sc.contact.ID, "event", event, "err", err)
		return
	}
	for _, target := range sc.ContactEvents {
		sc.tellOutside(store.Out{Target: target, Kind: kindEvent, Body: body})
	}
}

// event is a contact event as EventBridge carries it. Source: connect-chat sheet, 7.4.
type event struct {
	Version    string      `json:"version"`
	ID         string      `json:"id"`
	DetailType string      `json:"detail-type"`
	Source     string      `json:"source"`
	Account    string      `json:"account"`
	Time       string      `json:"time"`
	Region     string      `json:"region"`
	Resources  []string    `json:"resources"`
	Detail     eventDetail `json:"detail"`
}

type eventDetail struct {
	EventType                  string            `json:"eventType"`
	ContactID                  string            `json:"contactId"`
	InitialContactID           string            `json:"initialContactId,omitempty"`
	PreviousContactID          string            `json:"previousContactId,omitempty"`
	RelatedContactID           string            `json:"relatedContactId,omitempty"`
	Channel                    string            `json:"channel"`
	InstanceARN                string            `json:"instanceArn"`
	InitiationMethod           string            `json:"initiationMethod"`
	InitiationTimestamp        *string           `json:"initiationTimestamp,omitempty"`
	ConnectedToSystemTimestamp *string           `json:"connectedToSystemTimestamp,omitempty"`
	DisconnectTimestamp        *string           `json:"disconnectTimestamp,omitempty"`
	DisconnectReason           string            `json:"disconnectReason,omitempty"`
	QueueInfo                  *eventQueue       `json:"queueInfo,omitempty"`
	AgentInfo                  *eventAgent       `json:"agentInfo,omitempty"`
	UpdatedProperties          []string          `json:"updatedProperties,omitempty"`
	RoutingCriteria            []any             `json:"routingCriteria,omitempty"`
	ChatMetrics                any               `json:"chatMetrics,omitempty"`
	ContactLens                any               `json:"contactLens,omitempty"`
	Tags                       map[string]string `json:"tags"`
	SegmentAttributes          any               `json:"segmentAttributes"`
}

type eventQueue struct {
	QueueARN         string  `json:"queueArn"`
	QueueType        string  `json:"queueType"`
	EnqueueTimestamp *string `json:"enqueueTimestamp,omitempty"`
}

type eventAgent struct {
	AgentARN                  string  `json:"agentArn"`
	ConnectedToAgentTimestamp *string `json:"connectedToAgentTimestamp,omitempty"`
}

func (sc *scene) eventBody(eventType string, updated []string) ([]byte, error) {
	ct, instance := sc.contact, sc.Scope.Instance(sc.chat.InstanceID)
	segment, err := storedSegmentAttributes(ct.SegmentAttributes)
	if err != nil {
		return nil, err
	}
	d := eventDetail{
		EventType: eventType, ContactID: ct.ID, PreviousContactID: ct.PreviousID, RelatedContactID: ct.RelatedID,
		Channel: string(types.ChannelChat), InstanceARN: instance, InitiationMethod: ct.InitiationMethod,
		InitiationTimestamp: inEvents.at(ct.InitiatedAt), DisconnectTimestamp: inEvents.at(ct.EndedAt),
		DisconnectReason: ct.DisconnectReason, UpdatedProperties: updated,
		Tags: tagsOf(ct), SegmentAttributes: inEvents.of(segment),
	}
	if ct.ID != sc.chat.ID {
		d.InitialContactID = sc.chat.ID
	}
	if eventType != contactInitiated { // both happen at once
		d.ConnectedToSystemTimestamp = inEvents.at(ct.SystemAt)
	}
	if ct.QueueID != "" {
		d.QueueInfo = &eventQueue{sc.Scope.Resource(ct.InstanceID, arn.Queue, ct.QueueID), "STANDARD", inEvents.at(ct.EnqueuedAt)}
	}
	if ct.AgentAt != 0 {
		d.AgentInfo = &eventAgent{sc.Scope.Resource(ct.InstanceID, arn.Agent, ct.AgentID), inEvents.at(ct.AgentAt)}
	}
	if ct.Analytics != nil {
		d.ContactLens = inEvents.of(contactLens(ct.Analytics))
	}
	criteria, err := routingCriteria(ct, sc.now())
	if err != nil {
		return nil, err
	}
	if criteria != nil {
		d.RoutingCriteria = []any{inEvents.of(criteria)}
	}
	if eventType == contactCompleted {
		metrics, err := storedMetrics(ct)
		if err != nil {
			return nil, err
		}
		d.ChatMetrics = inEvents.of(metrics)
	}
	if eventType == contactDataUpdated {
		for _, at := range []**string{&d.InitiationTimestamp, &d.ConnectedToSystemTimestamp, &d.DisconnectTimestamp} {
			if *at == nil {
				*at = new(unset)
			}
		}
	}
	return json.Marshal(event{
		Version: "0", ID: newID(), DetailType: "Amazon Connect Contact Event", Source: "aws.connect",
		Account: sc.Scope.Account, Time: sc.tx.Now().Format(time.RFC3339), Region: sc.Scope.Region,
		Resources: []string{instance, sc.Scope.Resource(ct.InstanceID, arn.Contact, ct.ID)}, Detail: d,
	})
}

// tagsOf are the tags of a contact, that of the service among them.
func tagsOf(ct *store.Contact) map[string]string {
	all := map[string]string{instanceTag: ct.InstanceID}
	maps.Copy(all, ct.Tags)
	return all
}
