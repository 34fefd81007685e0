package admin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// Limits of flows. Source: connect-chat sheet, 5.3 and A.3.
const (
	maxFlowName = 256 // characters
	maxProblems = 50
	flowsPage   = 100 // of ListContactFlows without MaxResults
)

// CreateContactFlow makes a flow. The content is checked unless it is saved as a draft.
func (s *Service) CreateContactFlow(ctx context.Context, in *connect.CreateContactFlowInput) (*connect.CreateContactFlowOutput, error) {
	return again(func() (*connect.CreateContactFlowOutput, error) { return s.createFlow(ctx, in) })
}

func (s *Service) createFlow(ctx context.Context, in *connect.CreateContactFlowInput) (*connect.CreateContactFlowOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	if err := checkName(in.Name); err != nil {
		return nil, err
	}
	draft := in.Status == types.ContactFlowStatusSaved
	names, err := s.checkContent(ctx, instance.ID, string(in.Type), reply.Value(in.Content), draft)
	if err != nil {
		return nil, err
	}
	f := &store.Flow{
		ID: uuid.NewString(), InstanceID: instance.ID, Name: *in.Name, Type: string(in.Type), Description: reply.Value(in.Description),
		State: string(types.ContactFlowStateActive), Tags: in.Tags,
	}
	var hash string
	err = s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if _, err := tx.Instance(instance.ID); err != nil {
			return reply.OrNotFound(err, "Instance")
		}
		if err := tx.LockInstance(instance.ID); err != nil {
			return err
		}
		if err := s.stillThere(tx, instance.ID, names); err != nil {
			return err
		}
		if s.MaxFlows > 0 {
			there, err := tx.CountFlows(instance.ID, s.MaxFlows)
			if err != nil {
				return err
			}
			if there >= s.MaxFlows {
				return limitExceeded("The instance has %d flows, which is its limit", there)
			}
		}
		f := *f
		hash = putContent(tx, &f, *in.Content, draft)
		return nil
	})
	if err != nil {
		return nil, orDuplicate(err, "flow", f.Name)
	}
	return &connect.CreateContactFlowOutput{
		ContactFlowId: &f.ID, ContactFlowArn: new(s.Scope.Resource(instance.ID, arn.ContactFlow, f.ID)), FlowContentSha256: &hash,
	}, nil
}

// putContent stores the flow with a content that is its next version, published or as a draft, and returns the hash of the content.
func putContent(tx *store.Tx, f *store.Flow, content string, draft bool) (sha string) {
	next, now := max(f.Published, f.Draft)+1, tx.Now().UnixMilli()
	if draft {
		f.Draft = next
	} else {
		f.Published, f.Draft = next, 0
	}
	f.ModifiedAt = now
	hash := sha256.Sum256([]byte(content))
	sha = hex.EncodeToString(hash[:])
	tx.PutFlow(f)
	tx.PutFlowVersion(&store.FlowVersion{FlowID: f.ID, Version: next, Content: content, SHA256: sha, At: now})
	return sha
}

func invalidFlow(problems []flow.Problem) error {
	e := &types.InvalidContactFlowException{}
	for _, p := range problems[:min(len(problems), maxProblems)] {
		e.Problems = append(e.Problems, types.ProblemDetail{Message: new(p.Message)})
	}
	e.Message = inShort(e.Problems)
	return e
}

// inShort is what callers show who look at the message of an error alone, as boto3 and the AWS CLI do.
// Source: connect-chat sheet, 3.5 (a Message beside the problems does no harm).
func inShort(problems []types.ProblemDetail) *string {
	short := *problems[0].Message
	if more := len(problems) - 1; more > 0 {
		short += fmt.Sprintf(" (and %d more)", more)
	}
	return &short
}

func checkName(name *string) error {
	if n := utf8.RuneCountInString(reply.Value(name)); n < 1 || n > maxFlowName {
		return reply.InvalidParameter(fmt.Sprintf("Name has %d characters, not 1 to %d", n, maxFlowName))
	}
	return nil
}

func orDuplicate(err error, what, name string) error {
	if errors.Is(err, store.ErrExists) {
		return &types.DuplicateResourceException{Message: new(fmt.Sprintf("The name %q is that of another %s", name, what))}
	}
	return err
}

// flow finds a flow of an instance by id or ARN, with the qualifier that stands behind it.
func (s *Service) flow(ctx context.Context, instanceID, idOrARN *string) (f *store.Flow, qualifier string, err error) {
	instance, err := s.instance(ctx, instanceID)
	if err != nil {
		return nil, "", err
	}
	id, ok := s.Scope.ResourceID(instance.ID, arn.ContactFlow, reply.Value(idOrARN))
	if !ok {
		return nil, "", reply.NotFound("Flow")
	}
	id, qualifier = store.CutQualifier(id)
	f, err = s.Store.Flow(ctx, id)
	if err != nil {
		return nil, "", reply.OrNotFound(err, "Flow")
	}
	if f.InstanceID != instance.ID {
		return nil, "", reply.NotFound("Flow")
	}
	return f, qualifier, nil
}

// DescribeContactFlow reads a flow with its published content, its draft ("id:$SAVED") or a version ("id:3").
func (s *Service) DescribeContactFlow(ctx context.Context, in *connect.DescribeContactFlowInput) (*connect.DescribeContactFlowOutput, error) {
	f, qualifier, err := s.flow(ctx, in.InstanceId, in.ContactFlowId)
	if err != nil {
		return nil, err
	}
	version, ok := f.Version(qualifier)
	if !ok {
		return nil, reply.NotFound("Version of the flow")
	}
	if version == 0 {
		return nil, &types.ContactFlowNotPublishedException{Message: new("The flow was never published; its draft is read with :$SAVED")}
	}
	v, err := s.Store.FlowVersion(ctx, f.ID, version)
	if err != nil {
		return nil, reply.OrNotFound(err, "Version of the flow")
	}
	out := s.describeFlow(f, v)
	for _, kept := range f.Kept {
		if qualifier == strconv.FormatInt(kept.Version, 10) {
			out.Version, out.VersionDescription = &kept.Version, reply.Text(kept.Description)
		}
	}
	return &connect.DescribeContactFlowOutput{ContactFlow: out}, nil
}

// describeFlow is a flow with one of its contents.
func (s *Service) describeFlow(f *store.Flow, v *store.FlowVersion) *types.ContactFlow {
	status := types.ContactFlowStatusPublished
	if v.Version == f.Draft {
		status = types.ContactFlowStatusSaved
	}
	return &types.ContactFlow{
		Arn: new(s.Scope.Resource(f.InstanceID, arn.ContactFlow, f.ID)), Id: &f.ID, Name: &f.Name, Description: reply.Text(f.Description),
		Type: types.ContactFlowType(f.Type), State: types.ContactFlowState(f.State), Status: status, Tags: f.Tags,
		Content: &v.Content, FlowContentSha256: &v.SHA256,
		LastModifiedTime: new(time.UnixMilli(f.ModifiedAt).UTC()), LastModifiedRegion: &s.Scope.Region,
	}
}

// ListContactFlows lists the flows of an instance in the order of their ids.
func (s *Service) ListContactFlows(ctx context.Context, in *connect.ListContactFlowsInput) (*connect.ListContactFlowsOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	var wanted []string
	for _, t := range in.ContactFlowTypes {
		wanted = append(wanted, string(t))
	}
	slices.Sort(wanted)
	list := "flows\x00" + instance.ID + "\x00" + strings.Join(wanted, ",")
	after, err := reply.After(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	size := reply.PageSize(in.MaxResults, flowsPage)
	rows, err := s.Store.Flows(ctx, instance.ID, wanted, after, size+1)
	if err != nil {
		return nil, err
	}
	rows, next := reply.Page(rows, size, list, func(f *store.Flow) string { return f.ID })
	out := &connect.ListContactFlowsOutput{ContactFlowSummaryList: make([]types.ContactFlowSummary, len(rows)), NextToken: next}
	for i := range rows {
		f := &rows[i]
		out.ContactFlowSummaryList[i] = types.ContactFlowSummary{
			Arn: new(s.Scope.Resource(f.InstanceID, arn.ContactFlow, f.ID)), Id: &f.ID, Name: &f.Name,
			ContactFlowType: types.ContactFlowType(f.Type), ContactFlowState: types.ContactFlowState(f.State), ContactFlowStatus: flowStatus(f),
		}
	}
	return out, nil
}

// UpdateContactFlowContent checks and publishes a content, or saves it as the draft ("id:$SAVED").
func (s *Service) UpdateContactFlowContent(ctx context.Context, in *connect.UpdateContactFlowContentInput) (*connect.UpdateContactFlowContentOutput, error) {
	return again(func() (*connect.UpdateContactFlowContentOutput, error) { return s.updateFlowContent(ctx, in) })
}

func (s *Service) updateFlowContent(ctx context.Context, in *connect.UpdateContactFlowContentInput) (*connect.UpdateContactFlowContentOutput, error) {
	f, qualifier, err := s.flow(ctx, in.InstanceId, in.ContactFlowId)
	if err != nil {
		return nil, err
	}
	draft := qualifier == "$SAVED"
	if !draft && qualifier != "" && qualifier != "$LATEST" {
		return nil, reply.InvalidRequest("A version of a flow can not be changed")
	}
	names, err := s.checkContent(ctx, f.InstanceID, f.Type, reply.Value(in.Content), draft)
	if err != nil {
		return nil, err
	}
	err = s.changeFlow(ctx, f, func(tx *store.Tx, f *store.Flow) error {
		if err := s.stillThere(tx, f.InstanceID, names); err != nil {
			return err
		}
		putContent(tx, f, *in.Content, draft)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.UpdateContactFlowContentOutput{}, nil
}

// changeFlow gives change the newest state of a flow, which nobody else changes at that moment, and stores it.
func (s *Service) changeFlow(ctx context.Context, f *store.Flow, change func(*store.Tx, *store.Flow) error) error {
	return s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(f.InstanceID); err != nil {
			return err
		}
		newest, err := tx.Flow(f.ID)
		if err != nil {
			return reply.OrNotFound(err, "Flow")
		}
		newest.ModifiedAt = tx.Now().UnixMilli()
		if err := change(tx, newest); err != nil {
			return err
		}
		tx.PutFlow(newest)
		return nil
	})
}

// UpdateContactFlowMetadata renames, describes, archives or restores a flow. Chats can not start with an archived one.
func (s *Service) UpdateContactFlowMetadata(ctx context.Context, in *connect.UpdateContactFlowMetadataInput) (*connect.UpdateContactFlowMetadataOutput, error) {
	if err := s.updateMetadata(ctx, in.InstanceId, in.ContactFlowId, in.Name, in.Description, in.ContactFlowState); err != nil {
		return nil, err
	}
	return &connect.UpdateContactFlowMetadataOutput{}, nil
}

// UpdateContactFlowName renames or describes a flow.
func (s *Service) UpdateContactFlowName(ctx context.Context, in *connect.UpdateContactFlowNameInput) (*connect.UpdateContactFlowNameOutput, error) {
	if err := s.updateMetadata(ctx, in.InstanceId, in.ContactFlowId, in.Name, in.Description, ""); err != nil {
		return nil, err
	}
	return &connect.UpdateContactFlowNameOutput{}, nil
}

func (s *Service) updateMetadata(ctx context.Context, instance, id, name, description *string, state types.ContactFlowState) error {
	f, err := s.wholeFlow(ctx, instance, id)
	if err != nil {
		return err
	}
	if name != nil {
		if err := checkName(name); err != nil {
			return err
		}
	}
	err = s.changeFlow(ctx, f, func(_ *store.Tx, f *store.Flow) error {
		if name != nil {
			f.Name = *name
		}
		if description != nil {
			f.Description = *description
		}
		if state != "" {
			f.State = string(state)
		}
		return nil
	})
	return orDuplicate(err, "flow", reply.Value(name))
}

// wholeFlow finds a flow for an operation that is not about one of its contents.
func (s *Service) wholeFlow(ctx context.Context, instance, id *string) (*store.Flow, error) {
	f, qualifier, err := s.flow(ctx, instance, id)
	if err == nil && qualifier != "" {
		return nil, reply.InvalidRequest("ContactFlowId names a version; this operation is about the whole flow")
	}
	return f, err
}

// DeleteContactFlow deletes a flow. Contacts that run it go on; the default flows of the instance stay.
func (s *Service) DeleteContactFlow(ctx context.Context, in *connect.DeleteContactFlowInput) (*connect.DeleteContactFlowOutput, error) {
	f, err := s.wholeFlow(ctx, in.InstanceId, in.ContactFlowId)
	if err != nil {
		return nil, err
	}
	err = s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(f.InstanceID); err != nil {
			return err
		}
		instance, err := tx.Instance(f.InstanceID)
		if err != nil {
			return reply.OrNotFound(err, "Instance")
		}
		for _, id := range instance.DefaultFlows {
			if id == f.ID {
				return reply.InvalidRequest("A default flow of the instance can not be deleted")
			}
		}
		if _, err := tx.Flow(f.ID); err != nil {
			return reply.OrNotFound(err, "Flow")
		}
		tx.DeleteFlow(f.ID)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.DeleteContactFlowOutput{}, nil
}
