package admin

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// keep adds a content to the versions of a flow or module, unless it is the newest version already. last is the greatest number given.
func keep(versions []store.KeptVersion, last, content int64, description *string) (kept []store.KeptVersion, version int64, err error) {
	if n := len(versions); n > 0 && versions[n-1].Content == content {
		return versions, versions[n-1].Version, nil
	}
	if n := len(versions); n >= maxVersions {
		return nil, 0, limitExceeded("There are %d versions, which is the limit", n)
	}
	return append(versions, store.KeptVersion{Version: last + 1, Content: content, Description: reply.Value(description)}), last + 1, nil
}

// without takes a version out.
func without(versions []store.KeptVersion, version int64) ([]store.KeptVersion, error) {
	at := slices.IndexFunc(versions, func(v store.KeptVersion) bool { return v.Version == version })
	if at < 0 {
		return nil, reply.NotFound(fmt.Sprintf("Version %d", version))
	}
	return slices.Delete(versions, at, at+1), nil
}

// versionPage is a page of versions, the newest first.
func versionPage(versions []store.KeptVersion, list string, size *int32, token *string) ([]store.KeptVersion, *string, error) {
	after, err := reply.After(list, token)
	if err != nil {
		return nil, nil, err
	}
	newest := slices.Clone(versions)
	slices.Reverse(newest)
	if last, err := strconv.ParseInt(after, 10, 64); err == nil {
		newest = slices.DeleteFunc(newest, func(v store.KeptVersion) bool { return v.Version >= last })
	}
	rows, next := reply.Page(newest, reply.PageSize(size, modulesPage), list, func(v *store.KeptVersion) string { return numbered("", v.Version)[1:] })
	return rows, next, nil
}

// numbered is an id or ARN with a version behind it.
func numbered(id string, version int64) string { return id + ":" + strconv.FormatInt(version, 10) }

// sameContent refuses a hash that is not that of the content.
func sameContent(member string, expected *string, hash string) error {
	if expected != nil && !strings.EqualFold(*expected, hash) {
		return reply.InvalidParameter(member + " is not that of the published content")
	}
	return nil
}

// CreateContactFlowVersion keeps the published content under the next number, unless the newest version is the same.
func (s *Service) CreateContactFlowVersion(ctx context.Context, in *connect.CreateContactFlowVersionInput) (*connect.CreateContactFlowVersionOutput, error) {
	f, err := s.wholeFlow(ctx, in.InstanceId, in.ContactFlowId)
	if err != nil {
		return nil, err
	}
	var version int64
	err = s.changeFlow(ctx, f, func(tx *store.Tx, f *store.Flow) error {
		if f.Published == 0 {
			return reply.InvalidRequest("The flow was never published; a version is of published content")
		}
		content, err := tx.FlowVersion(f.ID, f.Published)
		if err != nil {
			return err
		}
		if err := sameContent("FlowContentSha256", in.FlowContentSha256, content.SHA256); err != nil {
			return err
		}
		last := f.LastVersion
		if wanted := reply.Value(in.ContactFlowVersion); wanted != 0 {
			if wanted <= last {
				return reply.InvalidParameter(fmt.Sprintf("ContactFlowVersion %d was given before", wanted))
			}
			last = wanted - 1
		}
		if f.Kept, version, err = keep(f.Kept, last, f.Published, in.Description); err != nil {
			return err
		}
		f.LastVersion = max(f.LastVersion, version)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.CreateContactFlowVersionOutput{ContactFlowArn: new(s.Scope.Resource(f.InstanceID, arn.ContactFlow, f.ID)), Version: &version}, nil
}

// DeleteContactFlowVersion deletes a version; its number is not given again. Contacts that run it go on.
func (s *Service) DeleteContactFlowVersion(ctx context.Context, in *connect.DeleteContactFlowVersionInput) (*connect.DeleteContactFlowVersionOutput, error) {
	f, err := s.wholeFlow(ctx, in.InstanceId, in.ContactFlowId)
	if err != nil {
		return nil, err
	}
	err = s.changeFlow(ctx, f, func(_ *store.Tx, f *store.Flow) (err error) {
		f.Kept, err = without(f.Kept, *in.ContactFlowVersion)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &connect.DeleteContactFlowVersionOutput{}, nil
}

// ListContactFlowVersions lists the versions of a flow, the newest first.
func (s *Service) ListContactFlowVersions(ctx context.Context, in *connect.ListContactFlowVersionsInput) (*connect.ListContactFlowVersionsOutput, error) {
	f, err := s.wholeFlow(ctx, in.InstanceId, in.ContactFlowId)
	if err != nil {
		return nil, err
	}
	page, next, err := versionPage(f.Kept, "flow-versions\x00"+f.ID, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &connect.ListContactFlowVersionsOutput{ContactFlowVersionSummaryList: []types.ContactFlowVersionSummary{}, NextToken: next}
	for _, v := range page {
		out.ContactFlowVersionSummaryList = append(out.ContactFlowVersionSummaryList, types.ContactFlowVersionSummary{
			Arn: new(numbered(s.Scope.Resource(f.InstanceID, arn.ContactFlow, f.ID), v.Version)), Version: &v.Version,
			VersionDescription: reply.Text(v.Description),
		})
	}
	return out, nil
}

// CreateContactFlowModuleVersion keeps the published content under the next number, unless the newest version is the same.
func (s *Service) CreateContactFlowModuleVersion(ctx context.Context, in *connect.CreateContactFlowModuleVersionInput) (*connect.CreateContactFlowModuleVersionOutput, error) {
	m, err := s.wholeModule(ctx, in.InstanceId, in.ContactFlowModuleId)
	if err != nil {
		return nil, err
	}
	var version int64
	err = s.changeModule(ctx, m, func(tx *store.Tx, m *store.Module) error {
		content, err := tx.ModuleContent(m.ID, m.Published)
		if err != nil {
			return err
		}
		if err := sameContent("FlowModuleContentSha256", in.FlowModuleContentSha256, content.SHA256); err != nil {
			return err
		}
		if m.Versions, version, err = keep(m.Versions, m.LastVersion, m.Published, in.Description); err != nil {
			return err
		}
		m.LastVersion = max(m.LastVersion, version)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.CreateContactFlowModuleVersionOutput{
		ContactFlowModuleArn: new(s.Scope.Resource(m.InstanceID, arn.FlowModule, m.ID)), Version: &version,
	}, nil
}

// DeleteContactFlowModuleVersion deletes a version that no alias leads to; its number is not given again. Contacts that run it go on.
func (s *Service) DeleteContactFlowModuleVersion(ctx context.Context, in *connect.DeleteContactFlowModuleVersionInput) (*connect.DeleteContactFlowModuleVersionOutput, error) {
	m, err := s.wholeModule(ctx, in.InstanceId, in.ContactFlowModuleId)
	if err != nil {
		return nil, err
	}
	err = s.changeModule(ctx, m, func(_ *store.Tx, m *store.Module) (err error) {
		for _, a := range m.Aliases {
			if a.Version == *in.ContactFlowModuleVersion {
				return reply.InvalidRequest(fmt.Sprintf("The alias %q leads to this version", a.Name))
			}
		}
		m.Versions, err = without(m.Versions, *in.ContactFlowModuleVersion)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &connect.DeleteContactFlowModuleVersionOutput{}, nil
}

// ListContactFlowModuleVersions lists the versions of a module, the newest first.
func (s *Service) ListContactFlowModuleVersions(ctx context.Context, in *connect.ListContactFlowModuleVersionsInput) (*connect.ListContactFlowModuleVersionsOutput, error) {
	m, err := s.wholeModule(ctx, in.InstanceId, in.ContactFlowModuleId)
	if err != nil {
		return nil, err
	}
	page, next, err := versionPage(m.Versions, "module-versions\x00"+m.ID, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &connect.ListContactFlowModuleVersionsOutput{ContactFlowModuleVersionSummaryList: []types.ContactFlowModuleVersionSummary{}, NextToken: next}
	for _, v := range page {
		out.ContactFlowModuleVersionSummaryList = append(out.ContactFlowModuleVersionSummaryList, types.ContactFlowModuleVersionSummary{
			Arn: new(numbered(s.Scope.Resource(m.InstanceID, arn.FlowModule, m.ID), v.Version)), Version: &v.Version,
			VersionDescription: reply.Text(v.Description),
		})
	}
	return out, nil
}
