package admin

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// aliasName is what an alias may be called. Source: API model, ContactFlowModuleAlias.
var aliasName = regexp.MustCompile(`^([$0-9a-zA-Z][_-]?)+$`)

const maxAliasName = 100 // characters

// checkAlias refuses an alias that can not be told from another, or leads nowhere.
func checkAlias(m *store.Module, a store.ModuleAlias) error {
	_, err := strconv.ParseInt(a.Name, 10, 64)
	if err == nil || a.Name == "$LATEST" || a.Name == "$SAVED" {
		return reply.InvalidParameter(fmt.Sprintf("The alias %q would be taken for a version", a.Name))
	}
	if len(a.Name) > maxAliasName || !aliasName.MatchString(a.Name) {
		return reply.InvalidParameter(fmt.Sprintf("The alias %.100q is not of at most %d letters, digits and $, with single _ and - between", a.Name, maxAliasName))
	}
	if !slices.ContainsFunc(m.Versions, func(v store.KeptVersion) bool { return v.Version == a.Version }) {
		return reply.NotFound(fmt.Sprintf("Version %d of the flow module", a.Version))
	}
	for _, other := range m.Aliases {
		if other.Name == a.Name && other.ID != a.ID {
			return orDuplicate(store.ErrExists, "alias", a.Name)
		}
	}
	return nil
}

// CreateContactFlowModuleAlias gives a version a name.
func (s *Service) CreateContactFlowModuleAlias(ctx context.Context, in *connect.CreateContactFlowModuleAliasInput) (*connect.CreateContactFlowModuleAliasOutput, error) {
	m, err := s.wholeModule(ctx, in.InstanceId, in.ContactFlowModuleId)
	if err != nil {
		return nil, err
	}
	id := uuid.NewString()
	err = s.changeModule(ctx, m, func(tx *store.Tx, m *store.Module) error {
		alias := store.ModuleAlias{
			ID: id, Name: *in.AliasName, Description: reply.Value(in.Description), Version: *in.ContactFlowModuleVersion,
			ModifiedAt: tx.Now().UnixMilli(),
		}
		if err := checkAlias(m, alias); err != nil {
			return err
		}
		if n := len(m.Aliases); n >= maxVersions {
			return limitExceeded("The module has %d aliases, which is its limit", n)
		}
		m.Aliases = append(m.Aliases, alias)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.CreateContactFlowModuleAliasOutput{ContactFlowModuleArn: new(s.Scope.Resource(m.InstanceID, arn.FlowModule, m.ID)), Id: &id}, nil
}

// aliasAt finds an alias by its id.
func aliasAt(m *store.Module, id *string) (int, error) {
	at := slices.IndexFunc(m.Aliases, func(a store.ModuleAlias) bool { return a.ID == *id })
	if at < 0 {
		return 0, reply.NotFound("Alias of the flow module")
	}
	return at, nil
}

// DescribeContactFlowModuleAlias reads an alias.
func (s *Service) DescribeContactFlowModuleAlias(ctx context.Context, in *connect.DescribeContactFlowModuleAliasInput) (*connect.DescribeContactFlowModuleAliasOutput, error) {
	m, err := s.wholeModule(ctx, in.InstanceId, in.ContactFlowModuleId)
	if err != nil {
		return nil, err
	}
	at, err := aliasAt(m, in.AliasId)
	if err != nil {
		return nil, err
	}
	a := &m.Aliases[at]
	return &connect.DescribeContactFlowModuleAliasOutput{ContactFlowModuleAlias: &types.ContactFlowModuleAliasInfo{
		AliasId: &a.ID, Name: &a.Name, Description: reply.Text(a.Description), Version: &a.Version,
		ContactFlowModuleId: &m.ID, ContactFlowModuleArn: new(s.Scope.Resource(m.InstanceID, arn.FlowModule, m.ID)),
		LastModifiedTime: reply.Time(a.ModifiedAt), LastModifiedRegion: &s.Scope.Region,
	}}, nil
}

// UpdateContactFlowModuleAlias renames or describes an alias, or leads it to another version. Contacts in the module go on in the version
// that they entered.
func (s *Service) UpdateContactFlowModuleAlias(ctx context.Context, in *connect.UpdateContactFlowModuleAliasInput) (*connect.UpdateContactFlowModuleAliasOutput, error) {
	m, err := s.wholeModule(ctx, in.InstanceId, in.ContactFlowModuleId)
	if err != nil {
		return nil, err
	}
	err = s.changeModule(ctx, m, func(tx *store.Tx, m *store.Module) error {
		at, err := aliasAt(m, in.AliasId)
		if err != nil {
			return err
		}
		a := &m.Aliases[at]
		if in.Name != nil {
			a.Name = *in.Name
		}
		if in.Description != nil {
			a.Description = *in.Description
		}
		if in.ContactFlowModuleVersion != nil {
			a.Version = *in.ContactFlowModuleVersion
		}
		a.ModifiedAt = tx.Now().UnixMilli()
		return checkAlias(m, *a)
	})
	if err != nil {
		return nil, err
	}
	return &connect.UpdateContactFlowModuleAliasOutput{}, nil
}

// DeleteContactFlowModuleAlias deletes an alias; the version stays.
func (s *Service) DeleteContactFlowModuleAlias(ctx context.Context, in *connect.DeleteContactFlowModuleAliasInput) (*connect.DeleteContactFlowModuleAliasOutput, error) {
	m, err := s.wholeModule(ctx, in.InstanceId, in.ContactFlowModuleId)
	if err != nil {
		return nil, err
	}
	err = s.changeModule(ctx, m, func(_ *store.Tx, m *store.Module) error {
		at, err := aliasAt(m, in.AliasId)
		if err == nil {
			m.Aliases = slices.Delete(m.Aliases, at, at+1)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &connect.DeleteContactFlowModuleAliasOutput{}, nil
}

// ListContactFlowModuleAliases lists the aliases of a module in the order of their names.
func (s *Service) ListContactFlowModuleAliases(ctx context.Context, in *connect.ListContactFlowModuleAliasesInput) (*connect.ListContactFlowModuleAliasesOutput, error) {
	m, err := s.wholeModule(ctx, in.InstanceId, in.ContactFlowModuleId)
	if err != nil {
		return nil, err
	}
	list := "module-aliases\x00" + m.ID
	after, err := reply.After(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	rest := slices.DeleteFunc(m.Aliases, func(a store.ModuleAlias) bool { return a.Name <= after })
	slices.SortFunc(rest, func(a, b store.ModuleAlias) int { return strings.Compare(a.Name, b.Name) })
	page, next := reply.Page(rest, reply.PageSize(in.MaxResults, modulesPage), list, func(a *store.ModuleAlias) string { return a.Name })
	out := &connect.ListContactFlowModuleAliasesOutput{ContactFlowModuleAliasSummaryList: []types.ContactFlowModuleAliasSummary{}, NextToken: next}
	for i := range page {
		a := &page[i]
		out.ContactFlowModuleAliasSummaryList = append(out.ContactFlowModuleAliasSummaryList, types.ContactFlowModuleAliasSummary{
			Arn:     new(s.Scope.Resource(m.InstanceID, arn.FlowModule, m.ID) + ":" + a.Name),
			AliasId: &a.ID, AliasName: &a.Name, AliasDescription: reply.Text(a.Description), Version: &a.Version,
			LastModifiedTime: reply.Time(a.ModifiedAt),
		})
	}
	return out, nil
}
