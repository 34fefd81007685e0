package center

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/offer"
	"github.com/openparley/parley/internal/reply"
)

// Content types of messages. Source: API reference, StartChatContact, SupportedMessagingContentTypes.
const (
	textPlain           = "text/plain"
	textMarkdown        = "text/markdown"
	applicationJSON     = "application/json"
	interactive         = "application/vnd.amazonaws.connect.message.interactive"
	interactiveResponse = "application/vnd.amazonaws.connect.message.interactive.response"
)

// maxBytes bounds contents that are not as long as others. Source: flow sheet, 14.1 and 14.6.
var maxBytes = map[string]int{applicationJSON: 12_000, interactiveResponse: 12_288, interactive: offer.MaxBytes}

// maxContentBytes bounds the content of a message. Source: administrator guide, service quotas (16,384 bytes).
const maxContentBytes = 16384

// maxAttributesBytes bounds the attributes of a contact, keys and values in UTF-8 together.
// Source: API reference, UpdateContactAttributes (32 KB).
const maxAttributesBytes = 32768

// maxSegmentAttributesBytes bounds the segment attributes of a contact as they are stored: they travel with its row.
const maxSegmentAttributesBytes = 65536

// supportedContentTypes returns the content types a chat may carry: those asked for, or text/plain alone.
func supportedContentTypes(asked []string) ([]string, error) {
	if len(asked) == 0 {
		return []string{textPlain}, nil
	}
	for _, t := range asked {
		switch t {
		case textPlain, textMarkdown, applicationJSON, interactive, interactiveResponse:
		default:
			return nil, reply.InvalidParameter(fmt.Sprintf("SupportedMessagingContentTypes: %q is not a content type of messages", t))
		}
	}
	if !slices.Contains(asked, textPlain) {
		return nil, reply.InvalidRequest("SupportedMessagingContentTypes must contain text/plain")
	}
	return slices.Compact(slices.Sorted(slices.Values(asked))), nil
}

// checkInitialMessage applies the limits of InitialMessage, which are narrower than those of SendMessage.
// Source: API reference, ChatMessage.
func checkInitialMessage(contentType, content string, supported []string) error {
	limit := 0
	switch contentType {
	case textPlain, textMarkdown:
		limit = 1024
	case applicationJSON:
		limit = 12000
	case interactiveResponse:
		limit = 12288
	default:
		return reply.InvalidParameter(fmt.Sprintf("InitialMessage.ContentType: %q can not start a chat", contentType))
	}
	if n := utf8.RuneCountInString(content); n > limit {
		return reply.InvalidRequest(fmt.Sprintf("InitialMessage.Content has %d characters; %s takes at most %d", n, contentType, limit))
	}
	if why := contentProblem(roleCustomer, contentType, content, supported); why != "" {
		return reply.InvalidRequest("InitialMessage: " + why)
	}
	return nil
}

// contentProblem says why somebody of a role may not send a message in a chat that supports these content types, or "".
func contentProblem(role, contentType, content string, supported []string) string {
	switch contentType {
	case textPlain:
	case textMarkdown, applicationJSON, interactiveResponse, interactive:
		if contentType == interactive && role == roleCustomer {
			return fmt.Sprintf("content type %s can not be sent by a customer", contentType)
		}
		if !slices.Contains(supported, contentType) {
			return fmt.Sprintf("content type %s is not among the SupportedMessagingContentTypes of this chat", contentType)
		}
	default:
		return fmt.Sprintf("content type %q can not be sent by a participant", contentType)
	}
	if strings.ContainsRune(content, 0) || !utf8.ValidString(content) {
		return "content holds U+0000 or is not UTF-8" // what comes from outside the API was not checked before
	}
	limit, own := maxBytes[contentType]
	if !own {
		limit = maxContentBytes
	}
	if len(content) > limit {
		return fmt.Sprintf("content has %d bytes; %s takes at most %d", len(content), contentType, limit)
	}
	switch {
	case contentType == interactive:
		if _, err := offer.Read(content); err != nil {
			return err.Error()
		}
	case contentType == applicationJSON && !json.Valid([]byte(content)):
		return "content is not JSON"
	case contentType == interactiveResponse && !validInteractiveResponse(content):
		return "Message content is not a valid InteractiveMessageResponse"
	}
	return ""
}

// validInteractiveResponse checks the two members that matter; others are free. Source: participant-wire sheet, section 4.
func validInteractiveResponse(content string) bool {
	var r struct {
		Version string `json:"version"`
		Action  string `json:"action"`
	}
	return json.Unmarshal([]byte(content), &r) == nil &&
		r.Version == "1.0" && r.Action != "" && utf8.RuneCountInString(r.Action) <= 200
}

// checkAttributes applies the size of the whole map; the API's form of keys is checked where a request is decoded, and a flow may use other
// characters.
func checkAttributes(a map[string]string) error {
	n := 0
	for k, v := range a {
		n += len(k) + len(v)
	}
	if n > maxAttributesBytes {
		return reply.InvalidRequest(fmt.Sprintf("Attributes: keys and values take %d bytes; at most %d are allowed", n, maxAttributesBytes))
	}
	return nil
}

// mergeAttributes returns the attributes of a chat with changes laid over them: named keys are added or overwritten, others stay.
func mergeAttributes(old, changes map[string]string) (map[string]string, error) {
	merged := maps.Clone(old)
	if merged == nil {
		merged = make(map[string]string, len(changes))
	}
	maps.Copy(merged, changes)
	return merged, checkAttributes(merged)
}

// segmentAttributes are those of a new chat: what the caller sets, and the subtype that every chat has.
func segmentAttributes(in map[string]types.SegmentAttributeValue, contentTypes []string) (json.RawMessage, error) {
	return laySegmentAttributes(map[string]types.SegmentAttributeValue{subtypeName: {ValueString: new("connect:Chat")}}, in, contentTypes)
}

// mergeSegmentAttributes lays segment attributes over those of a contact: named ones are added or replaced, others stay.
func mergeSegmentAttributes(stored json.RawMessage, changes map[string]types.SegmentAttributeValue, contentTypes []string) (json.RawMessage, error) {
	if len(changes) == 0 {
		return stored, nil
	}
	all, err := storedSegmentAttributes(stored)
	if err != nil {
		return nil, err
	}
	if all == nil {
		all = make(map[string]types.SegmentAttributeValue, len(changes))
	}
	return laySegmentAttributes(all, changes, contentTypes)
}

// laySegmentAttributes checks what a caller sets and writes it over all.
// Source: API reference, StartChatContact and UpdateContact, SegmentAttributes.
func laySegmentAttributes(all, changes map[string]types.SegmentAttributeValue, contentTypes []string) (json.RawMessage, error) {
	for name, v := range changes {
		if err := checkSegmentAttribute(name, name, v); err != nil {
			return nil, err
		}
		all[name] = v
	}
	if reply.Value(all[subtypeName].ValueString) == subtypeGuide &&
		!(slices.Contains(contentTypes, interactive) && slices.Contains(contentTypes, interactiveResponse)) {
		return nil, reply.InvalidRequest("A chat of subtype " + subtypeGuide + " needs both interactive content types in SupportedMessagingContentTypes")
	}
	stored, err := encodeSegmentAttributes(all)
	if len(stored) > maxSegmentAttributesBytes {
		return nil, reply.InvalidRequest(fmt.Sprintf("SegmentAttributes take %d bytes; at most %d are allowed", len(stored), maxSegmentAttributesBytes))
	}
	return stored, err
}

func encodeSegmentAttributes(all map[string]types.SegmentAttributeValue) (json.RawMessage, error) {
	b, err := json.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("encode segment attributes: %w", err)
	}
	return b, nil
}

func storedSegmentAttributes(stored json.RawMessage) (all map[string]types.SegmentAttributeValue, err error) {
	if len(stored) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(stored, &all); err != nil {
		return nil, fmt.Errorf("segment attributes: %w", err)
	}
	return all, nil
}

func checkSegmentAttribute(path, name string, v types.SegmentAttributeValue) error {
	set := 0
	for _, is := range []bool{v.ValueString != nil, v.ValueInteger != nil, v.ValueMap != nil, v.ValueList != nil, v.ValueArn != nil} {
		if is {
			set++
		}
	}
	switch {
	case set != 1:
		return reply.InvalidRequest("SegmentAttributes." + path + ": exactly one value is needed")
	case v.ValueList != nil || v.ValueArn != nil:
		return reply.InvalidRequest("SegmentAttributes." + path + ": ValueList and ValueArn are for system attributes only")
	case strings.HasPrefix(path, "connect:") && path != subtypeName:
		return reply.InvalidRequest("SegmentAttributes." + path + ": names that begin with connect: belong to the system")
	case path != subtypeName && strings.ContainsFunc(name, notInName):
		return reply.InvalidParameter("SegmentAttributes." + path + ": names are of letters, digits, - and _")
	case path == subtypeName && v.ValueString == nil:
		return reply.InvalidRequest("SegmentAttributes." + subtypeName + ": a ValueString is needed")
	}
	for name, inner := range v.ValueMap {
		if err := checkSegmentAttribute(path+"."+name, name, inner); err != nil {
			return err
		}
	}
	return nil
}

func notInName(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_')
}
