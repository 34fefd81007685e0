// Package lex asks bots: of Amazon Lex, or of a service that speaks like it, and those behind addresses of the operator's that speak the
// same JSON.
package lex

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"github.com/openparley/parley/internal/bot"
)

// maxAnswer is the most bytes of an answer that are read.
const maxAnswer = 128 << 10

// signingName is the service in the signatures of both Lexes. Source: Lex runtime models.
const signingName = "lex"

// Amazon asks bots of Amazon Lex, of V2 and classic ones, with one signed POST each. From the SDK it takes the keys, the signature and the
// connections.
type Amazon struct {
	cfg    aws.Config
	client aws.HTTPClient
	signer *v4.Signer
}

// NewAmazon returns what reaches Lex or, with a BaseEndpoint, what speaks like it.
func NewAmazon(cfg aws.Config) *Amazon {
	client := cfg.HTTPClient
	if client == nil {
		client = awshttp.NewBuildableClient()
	}
	return &Amazon{cfg: cfg, client: client, signer: v4.NewSigner()}
}

// Recognize asks a bot. Its answer comes whole.
func (a *Amazon) Recognize(ctx context.Context, in bot.Request, _ bot.Told) (*bot.Answer, error) {
	if in.Bot.AliasARN == "" {
		return a.classic(ctx, in)
	}
	if !bot.IsAlias(in.Bot.AliasARN) {
		return nil, errors.New("no ARN of an alias of a bot")
	}
	arn := strings.Split(in.Bot.AliasARN, ":")
	named := strings.Split(arn[5], "/")
	body, err := request(in, false)
	if err != nil {
		return nil, err
	}
	said, err := a.post(ctx, arn[3], "runtime-v2-lex", body,
		"bots", named[1], "botAliases", named[2], "botLocales", in.Locale, "sessions", in.SessionID, "text")
	if err != nil {
		return nil, err
	}
	return answer(said)
}

func (a *Amazon) classic(ctx context.Context, in bot.Request) (*bot.Answer, error) {
	body, err := json.Marshal(postText{in.Text, in.Attributes, requestAttributes})
	if err != nil {
		return nil, err
	}
	region := in.Bot.Region
	if region == "" {
		region = a.cfg.Region
	}
	said, err := a.post(ctx, region, "runtime.lex", body, "bot", in.Bot.Name, "alias", in.Bot.Alias, "user", in.SessionID, "text")
	if err != nil {
		return nil, err
	}
	return classicAnswer(said)
}

// post sends a body to a path of a service and returns the answer to it.
func (a *Amazon) post(ctx context.Context, region, service string, body []byte, path ...string) ([]byte, error) {
	for i, step := range path {
		path[i] = url.PathEscape(step)
	}
	base := "https://" + service + "." + region + ".amazonaws.com"
	if strings.HasPrefix(region, "cn-") {
		base += ".cn"
	}
	if a.cfg.BaseEndpoint != nil {
		base = strings.TrimSuffix(*a.cfg.BaseEndpoint, "/")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/"+strings.Join(path, "/"), bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the Region of the bot is none")
	}
	req.Header.Set("Content-Type", "application/json")
	key, err := a.cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, fmt.Errorf("credentials for Lex: %w", err)
	}
	hash := sha256.Sum256(body)
	if err := a.signer.SignHTTP(ctx, key, req, hex.EncodeToString(hash[:]), signingName, region, time.Now()); err != nil {
		return nil, fmt.Errorf("sign for Lex: %w", err)
	}
	res, err := a.client.Do(req)
	if err != nil {
		if failed, ok := errors.AsType[*url.Error](err); ok {
			err = failed.Err // without the path
		}
		return nil, fmt.Errorf("reach Lex: %w", err)
	}
	defer res.Body.Close()
	said, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the answer of Lex: %w", err)
	case res.StatusCode != http.StatusOK:
		kind, _, _ := strings.Cut(res.Header.Get("X-Amzn-Errortype"), ":")
		return nil, fmt.Errorf("answer of Lex: %d %s", res.StatusCode, kind)
	case len(said) > maxAnswer:
		return nil, errTooLong
	}
	return said, nil
}
