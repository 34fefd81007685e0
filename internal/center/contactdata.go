package center

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/reply"
)

const (
	// maxReferencesBytes bounds the references of a contact, names and values in UTF-8 together.
	// Source: API reference, Reference (4,096 bytes across all references).
	maxReferencesBytes = 4096

	// maxTags is how many tags of the user's own a contact may have. Source: connect-chat sheet, A.1, TagContact.
	maxTags = 6
)

// UpdateContact changes what is known of a contact, live or ended. It changes all that is given or nothing.
func (s *Service) UpdateContact(ctx context.Context, in *connect.UpdateContactInput) (*connect.UpdateContactOutput, error) {
	foreign := in.QueueInfo != nil || in.UserInfo != nil || in.CustomerEndpoint != nil || in.SystemEndpoint != nil
	if in.Name == nil && in.Description == nil && len(in.References) == 0 && len(in.SegmentAttributes) == 0 && !foreign {
		return nil, reply.InvalidRequest("Nothing to update is given")
	}
	err := s.changeContact(ctx, *in.InstanceId, *in.ContactId, func(sc *scene) error {
		if foreign {
			return reply.InvalidRequest("QueueInfo, UserInfo, CustomerEndpoint and SystemEndpoint are for audio contacts that are handled elsewhere")
		}
		ct := sc.contact
		references, err := mergeReferences(ct.References, in.References)
		if err != nil {
			return err
		}
		segment, err := mergeSegmentAttributes(ct.SegmentAttributes, in.SegmentAttributes, sc.chat.ContentTypes)
		if err != nil {
			return err
		}
		ct.Name, ct.Description = *cmp.Or(in.Name, &ct.Name), *cmp.Or(in.Description, &ct.Description)
		ct.References, ct.SegmentAttributes, sc.contactChanged = references, segment, true
		if len(in.SegmentAttributes) > 0 {
			sc.contactEvent(contactDataUpdated, "Segment Attributes")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.UpdateContactOutput{}, nil
}

// mergeReferences lays references over those of a contact: named ones are added or replaced, others stay.
func mergeReferences(stored json.RawMessage, changes map[string]types.Reference) (json.RawMessage, error) {
	if len(changes) == 0 {
		return stored, nil
	}
	all, err := storedReferences(stored)
	if err != nil {
		return nil, err
	}
	for name, r := range changes {
		if err := checkReference(name, r); err != nil {
			return nil, err
		}
		all[name] = r
	}
	n := 0
	for name, r := range all {
		n += len(name) + len(reply.Value(r.Value))
	}
	if n > maxReferencesBytes {
		return nil, reply.InvalidRequest(fmt.Sprintf("References: names and values take %d bytes; at most %d are allowed", n, maxReferencesBytes))
	}
	b, err := json.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("encode references: %w", err)
	}
	return b, nil
}

func storedReferences(stored json.RawMessage) (map[string]types.Reference, error) {
	all := map[string]types.Reference{}
	if len(stored) > 0 {
		if err := json.Unmarshal(stored, &all); err != nil {
			return nil, fmt.Errorf("references: %w", err)
		}
	}
	return all, nil
}

// checkReference refuses types that only the service gives, and values that are not what their type says.
// Source: API reference, Reference and its summaries.
func checkReference(name string, r types.Reference) error {
	v, why := reply.Value(r.Value), ""
	switch r.Type {
	case types.ReferenceTypeAttachment:
		if v == "" && r.Arn == nil {
			return reply.InvalidRequest("References." + name + ": an ATTACHMENT needs an Arn or a Value")
		}
		return nil
	case types.ReferenceTypeString:
	case types.ReferenceTypeUrl:
		if u, err := url.Parse(v); err != nil || u.Scheme == "" || u.Host == "" {
			why = "is no URL"
		}
	case types.ReferenceTypeNumber:
		if n, err := strconv.ParseFloat(v, 64); err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
			why = "is no number"
		}
	case types.ReferenceTypeDate:
		if _, err := strconv.ParseInt(v, 10, 64); err != nil {
			why = "is no epoch timestamp"
		}
	case types.ReferenceTypeEmail:
		if a, err := mail.ParseAddress(v); err != nil || a.Address != v {
			why = "is no email address"
		}
	default:
		return reply.InvalidRequest("References." + name + ": references of type " + string(r.Type) + " are the service's own")
	}
	switch {
	case r.Value == nil:
		return reply.InvalidRequest("References." + name + ": a Value is needed")
	case why != "":
		return reply.InvalidParameter("References." + name + ": the Value " + why)
	}
	return nil
}

// TagContact adds tags to a contact, live or ended, or gives those it has another value.
func (s *Service) TagContact(ctx context.Context, in *connect.TagContactInput) (*connect.TagContactOutput, error) {
	err := s.changeContact(ctx, *in.InstanceId, *in.ContactId, func(sc *scene) error { return sc.tag(in.Tags) })
	if err != nil {
		return nil, err
	}
	return &connect.TagContactOutput{}, nil
}

// UntagContact takes tags off a contact. Those it does not have make no error.
func (s *Service) UntagContact(ctx context.Context, in *connect.UntagContactInput) (*connect.UntagContactOutput, error) {
	err := s.changeContact(ctx, *in.InstanceId, *in.ContactId, func(sc *scene) error {
		sc.untag(in.TagKeys)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.UntagContactOutput{}, nil
}

// tag lays tags over those of the contact, all or none. The form of keys is checked where a request is decoded; a flow may use any
// characters. Source: flow sheet, 11.32.
func (sc *scene) tag(tags map[string]string) error {
	merged := maps.Clone(sc.contact.Tags)
	if merged == nil {
		merged = make(map[string]string, len(tags))
	}
	for key, v := range tags {
		if key == "" || utf8.RuneCountInString(key) > 128 || utf8.RuneCountInString(v) > 256 || strings.HasPrefix(key, "aws:") {
			return reply.InvalidParameter(fmt.Sprintf("Tags: %.128q is no key with a value of a tag", key))
		}
		merged[key] = v
	}
	if len(merged) > maxTags {
		return reply.InvalidRequest(fmt.Sprintf("Tags: the contact would have %d; at most %d are allowed", len(merged), maxTags))
	}
	sc.contact.Tags, sc.contactChanged = merged, true
	sc.contactEvent(contactDataUpdated, "Tags")
	return nil
}

func (sc *scene) untag(keys []string) {
	left := maps.Clone(sc.contact.Tags)
	for _, key := range keys {
		delete(left, key)
	}
	if len(left) == len(sc.contact.Tags) {
		return
	}
	sc.contact.Tags, sc.contactChanged = left, true
	sc.contactEvent(contactDataUpdated, "Tags")
}
