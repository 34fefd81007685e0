package admin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

const (
	modulesPage = 100 // of lists without MaxResults

	// maxVersions is how many versions a flow or module has, and how many aliases a module. Amazon's limits are not documented.
	maxVersions = 100
)

// CreateContactFlowModule makes a module and publishes its content.
func (s *Service) CreateContactFlowModule(ctx context.Context, in *connect.CreateContactFlowModuleInput) (*connect.CreateContactFlowModuleOutput, error) {
	return again(func() (*connect.CreateContactFlowModuleOutput, error) { return s.createModule(ctx, in) })
}

func (s *Service) createModule(ctx context.Context, in *connect.CreateContactFlowModuleInput) (*connect.CreateContactFlowModuleOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	content := store.ModuleContent{Content: reply.Value(in.Content), Settings: reply.Value(in.Settings)}
	names, err := s.checkModule(ctx, instance.ID, &content, false)
	if err != nil {
		return nil, err
	}
	meant := *in
	meant.ClientToken, meant.InstanceId = nil, &instance.ID
	hash := sha256.Sum256(wire.Append(nil, &meant))
	token := store.Request{Scope: "CreateContactFlowModule/" + instance.ID, Token: reply.Value(in.ClientToken), Hash: hash[:]}
	id := uuid.NewString()

	err = s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(instance.ID); err != nil {
			return err
		}
		earlier, err := reply.Answered(tx, token)
		if bad, ok := errors.AsType[*types.InvalidRequestException](err); ok {
			return &types.IdempotencyException{Message: bad.Message}
		}
		if err != nil {
			return err
		}
		if earlier != nil {
			id = string(earlier)
			return nil
		}
		if err := s.stillThere(tx, instance.ID, names); err != nil {
			return err
		}
		if s.MaxModules > 0 {
			there, err := tx.CountModules(instance.ID, s.MaxModules)
			if err != nil {
				return err
			}
			if there >= s.MaxModules {
				return limitExceeded("The instance has %d modules, which is its limit", there)
			}
		}
		if token.Token != "" {
			answered := token
			answered.Answer, answered.ExpiresAt = []byte(id), tx.Now().Add(tokenLife).UnixMilli()
			tx.PutRequest(answered)
		}
		m := &store.Module{
			ID: id, InstanceID: instance.ID, Name: *in.Name, Description: reply.Value(in.Description), Tags: in.Tags,
			State: string(types.ContactFlowModuleStateActive),
		}
		if in.ExternalInvocationConfiguration != nil {
			m.External = &in.ExternalInvocationConfiguration.Enabled
		}
		putModuleContent(tx, m, content, false)
		tx.PutModule(m)
		return nil
	})
	if err != nil {
		return nil, orDuplicate(err, "module", *in.Name)
	}
	return &connect.CreateContactFlowModuleOutput{Id: &id, Arn: new(s.Scope.Resource(instance.ID, arn.FlowModule, id))}, nil
}

func limitExceeded(why string, there int) error {
	return &types.LimitExceededException{Message: new(fmt.Sprintf(why, there))}
}

// putModuleContent stores a content that is the next one of a module, published or as a draft.
func putModuleContent(tx *store.Tx, m *store.Module, content store.ModuleContent, draft bool) {
	next := max(m.Published, m.Draft) + 1
	if draft {
		m.Draft = next
	} else {
		m.Published, m.Draft = next, 0
	}
	m.ModifiedAt = tx.Now().UnixMilli()
	hash := sha256.Sum256([]byte(content.Content))
	content.ModuleID, content.Number, content.SHA256 = m.ID, next, hex.EncodeToString(hash[:])
	tx.PutModuleContent(&content)
}

func invalidModule(problems []flow.Problem) error {
	e := &types.InvalidContactFlowModuleException{}
	for _, p := range problems[:min(len(problems), maxProblems)] {
		e.Problems = append(e.Problems, types.ProblemDetail{Message: new(p.Message)})
	}
	e.Message = inShort(e.Problems)
	return e
}

// module finds a module of an instance by id or ARN, with the qualifier that stands behind it.
func (s *Service) module(ctx context.Context, instanceID, idOrARN *string) (m *store.Module, qualifier string, err error) {
	instance, err := s.instance(ctx, instanceID)
	if err != nil {
		return nil, "", err
	}
	id, ok := s.Scope.ResourceID(instance.ID, arn.FlowModule, reply.Value(idOrARN))
	if !ok {
		return nil, "", reply.NotFound("Flow module")
	}
	id, qualifier = store.CutQualifier(id)
	m, err = s.Store.Module(ctx, id)
	if err == nil && m.InstanceID != instance.ID {
		err = store.ErrNotFound
	}
	return m, qualifier, reply.OrNotFound(err, "Flow module")
}

// wholeModule finds a module for an operation that is not about one of its contents.
func (s *Service) wholeModule(ctx context.Context, instanceID, idOrARN *string) (*store.Module, error) {
	m, qualifier, err := s.module(ctx, instanceID, idOrARN)
	if err == nil && qualifier != "" {
		return nil, reply.InvalidRequest("ContactFlowModuleId names a version; this operation is about the whole module")
	}
	return m, err
}

// changeModule gives change the newest state of a module, which nobody else changes at that moment, and stores it.
func (s *Service) changeModule(ctx context.Context, m *store.Module, change func(*store.Tx, *store.Module) error) error {
	return s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(m.InstanceID); err != nil {
			return err
		}
		newest, err := tx.Module(m.ID)
		if err != nil {
			return reply.OrNotFound(err, "Flow module")
		}
		newest.ModifiedAt = tx.Now().UnixMilli()
		if err := change(tx, newest); err != nil {
			return err
		}
		tx.PutModule(newest)
		return nil
	})
}

// describeModule is a module with one of its contents, kept under a version or 0.
func (s *Service) describeModule(m *store.Module, content *store.ModuleContent, version int64) *types.ContactFlowModule {
	out := &types.ContactFlowModule{
		Arn: new(s.Scope.Resource(m.InstanceID, arn.FlowModule, m.ID)), Id: &m.ID, Name: &m.Name, Description: reply.Text(m.Description),
		State: types.ContactFlowModuleState(m.State), Status: types.ContactFlowModuleStatusPublished, Tags: m.Tags,
		Content: &content.Content, FlowModuleContentSha256: &content.SHA256, Settings: reply.Text(content.Settings),
	}
	if content.Number == m.Draft {
		out.Status = types.ContactFlowModuleStatusSaved
	}
	if m.External != nil {
		out.ExternalInvocationConfiguration = &types.ExternalInvocationConfiguration{Enabled: *m.External}
	}
	if version != 0 {
		out.Version = &version
		for _, v := range m.Versions {
			if v.Version == version {
				out.VersionDescription = reply.Text(v.Description)
			}
		}
	}
	return out
}

// DescribeContactFlowModule reads a module with its published content, its draft ("id:$SAVED"), a version ("id:3") or the one that an alias
// leads to ("id:live").
func (s *Service) DescribeContactFlowModule(ctx context.Context, in *connect.DescribeContactFlowModuleInput) (*connect.DescribeContactFlowModuleOutput, error) {
	m, qualifier, err := s.module(ctx, in.InstanceId, in.ContactFlowModuleId)
	if err != nil {
		return nil, err
	}
	number, version, ok := m.Content(qualifier)
	if !ok {
		return nil, reply.NotFound("Version of the flow module")
	}
	content, err := s.Store.ModuleContent(ctx, m.ID, number)
	if err != nil {
		return nil, err
	}
	return &connect.DescribeContactFlowModuleOutput{ContactFlowModule: s.describeModule(m, content, version)}, nil
}

// ListContactFlowModules lists the modules of an instance in the order of their ids.
func (s *Service) ListContactFlowModules(ctx context.Context, in *connect.ListContactFlowModulesInput) (*connect.ListContactFlowModulesOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	found := search[store.Module]{
		list: "modules\x00" + instance.ID + "\x00" + string(in.ContactFlowModuleState),
		read: s.modulesOf(instance.ID), id: moduleID,
		where: func(m *store.Module) bool {
			return in.ContactFlowModuleState == "" || m.State == string(in.ContactFlowModuleState)
		},
	}
	rows, next, _, err := found.page(ctx, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &connect.ListContactFlowModulesOutput{ContactFlowModulesSummaryList: []types.ContactFlowModuleSummary{}, NextToken: next}
	for i := range rows {
		m := &rows[i]
		out.ContactFlowModulesSummaryList = append(out.ContactFlowModulesSummaryList, types.ContactFlowModuleSummary{
			Arn: new(s.Scope.Resource(m.InstanceID, arn.FlowModule, m.ID)), Id: &m.ID, Name: &m.Name, State: types.ContactFlowModuleState(m.State),
		})
	}
	return out, nil
}

func (s *Service) modulesOf(instance string) func(ctx context.Context, after string, limit int) ([]store.Module, error) {
	return func(ctx context.Context, after string, limit int) ([]store.Module, error) {
		return s.Store.Modules(ctx, instance, after, limit)
	}
}

func moduleID(m *store.Module) string { return m.ID }

// UpdateContactFlowModuleContent checks and publishes a content, or saves it as the draft ("id:$SAVED"). What is absent is taken from the
// content that is there.
func (s *Service) UpdateContactFlowModuleContent(ctx context.Context, in *connect.UpdateContactFlowModuleContentInput) (*connect.UpdateContactFlowModuleContentOutput, error) {
	return again(func() (*connect.UpdateContactFlowModuleContentOutput, error) {
		if err := s.updateModuleContent(ctx, in); err != nil {
			return nil, err
		}
		return &connect.UpdateContactFlowModuleContentOutput{}, nil
	})
}

func (s *Service) updateModuleContent(ctx context.Context, in *connect.UpdateContactFlowModuleContentInput) error {
	m, qualifier, err := s.module(ctx, in.InstanceId, in.ContactFlowModuleId)
	if err != nil {
		return err
	}
	draft := qualifier == "$SAVED"
	switch {
	case !draft && qualifier != "" && qualifier != "$LATEST":
		return reply.InvalidRequest("A version of a module can not be changed")
	case in.Content == nil && in.Settings == nil:
		return reply.InvalidRequest("Neither Content nor Settings is given")
	}
	number, _, _ := m.Content(qualifier)
	there, err := s.Store.ModuleContent(ctx, m.ID, number)
	if err != nil {
		return err
	}
	content := store.ModuleContent{Content: there.Content, Settings: there.Settings}
	if in.Content != nil {
		content.Content = *in.Content
	}
	if in.Settings != nil {
		content.Settings = *in.Settings
	}
	names, err := s.checkModule(ctx, m.InstanceID, &content, draft)
	if err != nil {
		return err
	}
	return s.changeModule(ctx, m, func(tx *store.Tx, m *store.Module) error {
		if newest, _, _ := m.Content(qualifier); newest != number {
			return errOvertaken
		}
		if err := s.stillThere(tx, m.InstanceID, names); err != nil {
			return err
		}
		putModuleContent(tx, m, content, draft)
		return nil
	})
}

// UpdateContactFlowModuleMetadata renames, describes, archives or restores a module. Flows go on running an archived one.
func (s *Service) UpdateContactFlowModuleMetadata(ctx context.Context, in *connect.UpdateContactFlowModuleMetadataInput) (*connect.UpdateContactFlowModuleMetadataOutput, error) {
	m, err := s.wholeModule(ctx, in.InstanceId, in.ContactFlowModuleId)
	if err != nil {
		return nil, err
	}
	err = s.changeModule(ctx, m, func(_ *store.Tx, m *store.Module) error {
		if in.Name != nil {
			m.Name = *in.Name
		}
		if in.Description != nil {
			m.Description = *in.Description
		}
		if in.State != "" {
			m.State = string(in.State)
		}
		return nil
	})
	if err != nil {
		return nil, orDuplicate(err, "module", reply.Value(in.Name))
	}
	return &connect.UpdateContactFlowModuleMetadataOutput{}, nil
}

// DeleteContactFlowModule deletes a module with its versions and aliases. Contacts that run it go on; flows that name it take their error
// branch there.
func (s *Service) DeleteContactFlowModule(ctx context.Context, in *connect.DeleteContactFlowModuleInput) (*connect.DeleteContactFlowModuleOutput, error) {
	m, err := s.wholeModule(ctx, in.InstanceId, in.ContactFlowModuleId)
	if err != nil {
		return nil, err
	}
	err = s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(m.InstanceID); err != nil {
			return err
		}
		if _, err := tx.Module(m.ID); err != nil {
			return reply.OrNotFound(err, "Flow module")
		}
		tx.DeleteModule(m.ID)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.DeleteContactFlowModuleOutput{}, nil
}
