package report

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// attachedFile is the kind of an attachment's ARN.
const attachedFile = "file"

// ListContactReferences lists what UpdateContact attached to a contact, by name, and then the files that were sent in it. All of it is one
// page: a contact has few references.
func (s *Service) ListContactReferences(ctx context.Context, in *connect.ListContactReferencesInput) (*connect.ListContactReferencesOutput, error) {
	if len(in.ReferenceTypes) == 0 {
		return nil, reply.InvalidRequest("ReferenceTypes is missing")
	}
	ct, err := s.names().Contact(ctx, *in.InstanceId, *in.ContactId)
	if err != nil {
		return nil, err
	}
	var stored map[string]types.Reference
	if len(ct.References) > 0 {
		if err := json.Unmarshal(ct.References, &stored); err != nil {
			return nil, fmt.Errorf("references of contact %s: %w", ct.ID, err)
		}
	}
	out := &connect.ListContactReferencesOutput{ReferenceSummaryList: []types.ReferenceSummary{}}
	for _, name := range slices.Sorted(maps.Keys(stored)) {
		if r := stored[name]; slices.Contains(in.ReferenceTypes, r.Type) {
			out.ReferenceSummaryList = append(out.ReferenceSummaryList, summary(name, r))
		}
	}
	if !slices.Contains(in.ReferenceTypes, types.ReferenceTypeAttachment) {
		return out, nil
	}
	files, err := s.Store.Attachments(ctx, ct.ChatID)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(files, func(a, b store.Attachment) int { return int(a.CreatedAt - b.CreatedAt) })
	for i := range files {
		if f := &files[i]; f.ContactID == ct.ID && f.CompletedAt != 0 {
			out.ReferenceSummaryList = append(out.ReferenceSummaryList, summary(f.Name, types.Reference{
				Type: types.ReferenceTypeAttachment, Arn: new(s.Scope.Resource(ct.InstanceID, attachedFile, f.ID)),
				Value: &f.ID, Status: fileStatus(f),
			}))
		}
	}
	return out, nil
}

// summary is a reference as a member of the union that its type has.
func summary(name string, r types.Reference) types.ReferenceSummary {
	switch r.Type {
	case types.ReferenceTypeUrl:
		return &types.ReferenceSummaryMemberUrl{Value: types.UrlReference{Name: &name, Value: r.Value}}
	case types.ReferenceTypeNumber:
		return &types.ReferenceSummaryMemberNumber{Value: types.NumberReference{Name: &name, Value: r.Value}}
	case types.ReferenceTypeDate:
		return &types.ReferenceSummaryMemberDate{Value: types.DateReference{Name: &name, Value: r.Value}}
	case types.ReferenceTypeEmail:
		return &types.ReferenceSummaryMemberEmail{Value: types.EmailReference{Name: &name, Value: r.Value}}
	case types.ReferenceTypeAttachment:
		return &types.ReferenceSummaryMemberAttachment{Value: types.AttachmentReference{
			Name: &name, Arn: r.Arn, Value: r.Value, Status: r.Status,
		}}
	}
	return &types.ReferenceSummaryMemberString{Value: types.StringReference{Name: &name, Value: r.Value}}
}

// fileStatus is how a reference calls what became of a file that was sent.
func fileStatus(f *store.Attachment) types.ReferenceStatus {
	switch {
	case f.DeletedAt != 0:
		return types.ReferenceStatusDeleted
	case f.Status == "APPROVED":
		return types.ReferenceStatusApproved
	case f.Status == "REJECTED":
		return types.ReferenceStatusRejected
	}
	return types.ReferenceStatusProcessing
}
