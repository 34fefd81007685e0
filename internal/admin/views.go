package admin

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/view"
)

// Limits of views. Amazon's are not documented.
const (
	maxViews        = 1000 // own ones of an instance
	maxViewVersions = 100
	viewsPage       = 100 // of lists without MaxResults
)

// CreateView makes a view. What is published is checked in full, a draft lightly.
func (s *Service) CreateView(ctx context.Context, in *connect.CreateViewInput) (*connect.CreateViewOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	content, err := viewContent(in.Content, in.Status)
	if err != nil {
		return nil, err
	}
	meant := *in
	meant.ClientToken, meant.InstanceId = nil, &instance.ID
	hash := sha256.Sum256(wire.Append(nil, &meant))
	token := store.Request{Scope: "CreateView/" + instance.ID, Token: reply.Value(in.ClientToken), Hash: hash[:]}
	fresh := uuid.NewString()

	var row *store.View
	err = s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(instance.ID); err != nil {
			return err
		}
		earlier, err := reply.Answered(tx, token)
		if err != nil {
			return err
		}
		if earlier != nil {
			row, err = tx.View(string(earlier))
			return reply.OrNotFound(err, "View")
		}
		if token.Token != "" {
			answered := token
			answered.Answer, answered.ExpiresAt = []byte(fresh), tx.Now().Add(tokenLife).UnixMilli()
			tx.PutRequest(answered)
		}
		there, err := tx.CountViews(instance.ID, maxViews)
		if err != nil {
			return err
		}
		if there >= maxViews {
			return viewQuota(fmt.Sprintf("The instance has %d views, which is its limit", there))
		}
		row = &store.View{
			ID: fresh, InstanceID: instance.ID, Name: *in.Name, Description: reply.Value(in.Description), Tags: in.Tags,
			CreatedAt: tx.Now().UnixMilli(),
		}
		putViewContent(tx, row, content, in.Status)
		return nil
	})
	if err != nil {
		return nil, orDuplicate(err, "view", *in.Name)
	}
	out, err := s.newest(ctx, row, in.Status)
	if err != nil {
		return nil, err
	}
	return &connect.CreateViewOutput{View: out}, nil
}

func viewQuota(why string) error { return &types.ServiceQuotaExceededException{Message: &why} }

// viewContent checks a content for the status that it is to get.
func viewContent(in *types.ViewInputContent, status types.ViewStatus) (view.Content, error) {
	c := view.Content{Template: reply.Value(in.Template), Actions: in.Actions}
	if err := c.CheckDraft(); err != nil {
		return c, reply.InvalidRequest(err.Error())
	}
	if status != types.ViewStatusPublished {
		return c, nil
	}
	if err := c.Check(); err != nil {
		return c, reply.InvalidParameter(err.Error())
	}
	return c, nil
}

// putViewContent stores the view with a content that is its newest, and published if that is the status.
func putViewContent(tx *store.Tx, row *store.View, c view.Content, status types.ViewStatus) {
	row.Saved++
	if status == types.ViewStatusPublished {
		row.Published = row.Saved
	}
	row.ModifiedAt = tx.Now().UnixMilli()
	tx.PutView(row)
	tx.PutViewContent(&store.ViewContent{
		ViewID: row.ID, Number: row.Saved, Name: row.Name, Template: c.Template, Actions: c.Actions, SHA256: c.SHA256(),
	})
}

// anyView finds a view by id or ARN: one that comes with the service, or one of the instance with the qualifier that stands behind its id.
func (s *Service) anyView(ctx context.Context, instance, idOrARN *string) (m *view.Managed, row *store.View, qualifier string, err error) {
	in, err := s.instance(ctx, instance)
	if err != nil {
		return nil, nil, "", err
	}
	if m, ok := view.Find(s.Scope, *idOrARN); ok {
		return m, nil, "", nil
	}
	id, ok := s.Scope.ResourceID(in.ID, arn.View, *idOrARN)
	if !ok {
		return nil, nil, "", reply.NotFound("View")
	}
	id, qualifier = store.CutQualifier(id)
	row, err = s.Store.View(ctx, id)
	if err == nil && row.InstanceID != in.ID {
		err = store.ErrNotFound
	}
	return nil, row, qualifier, reply.OrNotFound(err, "View")
}

// ownView finds a view that may be changed, as a whole.
func (s *Service) ownView(ctx context.Context, instance, idOrARN *string) (*store.View, error) {
	m, row, qualifier, err := s.anyView(ctx, instance, idOrARN)
	switch {
	case err != nil:
		return nil, err
	case m != nil:
		return nil, &types.AccessDeniedException{Message: new("View " + m.ID + " comes with the service and can not be changed")}
	case qualifier != "":
		return nil, reply.InvalidRequest("ViewId names a version; this operation is about the whole view")
	}
	return row, nil
}

// changeView gives change the newest state of a view, which nobody else changes at that moment.
func (s *Service) changeView(ctx context.Context, row *store.View, change func(*store.Tx, *store.View) error) error {
	return s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(row.InstanceID); err != nil {
			return err
		}
		newest, err := tx.View(row.ID)
		if err != nil {
			return reply.OrNotFound(err, "View")
		}
		return change(tx, newest)
	})
}

// newest describes what was just stored with a status.
func (s *Service) newest(ctx context.Context, row *store.View, status types.ViewStatus) (*types.View, error) {
	if status == types.ViewStatusPublished {
		return s.describe(ctx, row, "$LATEST")
	}
	return s.describe(ctx, row, "$SAVED")
}

// describe reads a view with the content that a qualifier names.
func (s *Service) describe(ctx context.Context, row *store.View, qualifier string) (*types.View, error) {
	number, version, ok := row.Content(qualifier)
	if !ok {
		if qualifier == "" || qualifier == "$LATEST" {
			return nil, reply.NotFound("Published content of the view")
		}
		return nil, reply.NotFound("Version of the view")
	}
	c, err := s.Store.ViewContent(ctx, row.ID, number)
	if err != nil {
		return nil, err
	}
	status := types.ViewStatusPublished
	if qualifier == "$SAVED" && number != row.Published {
		status = types.ViewStatusSaved
	}
	out := &types.View{
		Id: &row.ID, Arn: new(s.Scope.Resource(row.InstanceID, arn.View, row.ID)), Name: &row.Name, Description: reply.Text(row.Description),
		Status: status, Type: types.ViewTypeCustomerManaged, Tags: row.Tags, Version: int32(version), ViewContentSha256: &c.SHA256,
		CreatedTime: reply.Time(row.CreatedAt), LastModifiedTime: reply.Time(row.ModifiedAt),
		Content: &types.ViewContent{Actions: c.Actions, Template: &c.Template, InputSchema: new(view.Schema(c.Template))},
	}
	for _, v := range row.Versions {
		if v.Version == version {
			out.VersionDescription = reply.Text(v.Description)
		}
	}
	return out, nil
}

func (s *Service) managedARN(m *view.Managed) *string {
	return new(s.Scope.Managed(arn.View, m.ID) + ":" + strconv.Itoa(view.Version))
}

// describeManaged describes a view that comes with the service; nil for nil.
func (s *Service) describeManaged(m *view.Managed) *types.View {
	if m == nil {
		return nil
	}
	return &types.View{
		Id: &m.ID, Arn: s.managedARN(m), Name: &m.ID, Description: &m.Description, Status: types.ViewStatusPublished,
		Type: types.ViewTypeAwsManaged, Version: view.Version, ViewContentSha256: new(m.SHA256()),
		Content: &types.ViewContent{Actions: m.Actions, Template: &m.Template, InputSchema: &m.Schema},
	}
}

// DescribeView reads a view with its published content, its newest one ("id:$SAVED") or a version ("id:3").
func (s *Service) DescribeView(ctx context.Context, in *connect.DescribeViewInput) (*connect.DescribeViewOutput, error) {
	m, row, qualifier, err := s.anyView(ctx, in.InstanceId, in.ViewId)
	if err != nil {
		return nil, err
	}
	if m != nil {
		return &connect.DescribeViewOutput{View: s.describeManaged(m)}, nil
	}
	out, err := s.describe(ctx, row, qualifier)
	if err != nil {
		return nil, err
	}
	return &connect.DescribeViewOutput{View: out}, nil
}

// ListViews lists views by type, those that come with the service first, and name.
func (s *Service) ListViews(ctx context.Context, in *connect.ListViewsInput) (*connect.ListViewsOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	list := "views\x00" + instance.ID + "\x00" + string(in.Type)
	after, err := reply.After(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	if after == "" && in.Type == types.ViewTypeCustomerManaged {
		after = string(in.Type) + "/"
	}
	size := reply.PageSize(in.MaxResults, viewsPage)
	found, err := s.viewsAfter(ctx, instance.ID, after, size+1)
	if err != nil {
		return nil, err
	}
	var rows []types.ViewSummary
	for _, v := range found {
		switch {
		case !v.is(in.Type, ""):
		case v.managed != nil:
			rows = append(rows, types.ViewSummary{
				Id: &v.managed.ID, Arn: s.managedARN(v.managed), Name: &v.managed.ID, Description: &v.managed.Description,
				Status: types.ViewStatusPublished, Type: types.ViewTypeAwsManaged,
			})
		default:
			rows = append(rows, types.ViewSummary{
				Id: &v.own.ID, Arn: new(s.Scope.Resource(v.own.InstanceID, arn.View, v.own.ID)), Name: &v.own.Name,
				Description: reply.Text(v.own.Description), Status: viewStatus(v.own), Type: types.ViewTypeCustomerManaged,
			})
		}
	}
	out := &connect.ListViewsOutput{}
	out.ViewsSummaryList, out.NextToken = reply.Page(rows, size, list, func(v *types.ViewSummary) string { return string(v.Type) + "/" + *v.Name })
	return out, nil
}

// UpdateViewContent checks a content and saves it; published, it is what flows show from then on.
func (s *Service) UpdateViewContent(ctx context.Context, in *connect.UpdateViewContentInput) (*connect.UpdateViewContentOutput, error) {
	row, err := s.ownView(ctx, in.InstanceId, in.ViewId)
	if err != nil {
		return nil, err
	}
	content, err := viewContent(in.Content, in.Status)
	if err != nil {
		return nil, err
	}
	err = s.changeView(ctx, row, func(tx *store.Tx, newest *store.View) error {
		row = newest
		putViewContent(tx, row, content, in.Status)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out, err := s.newest(ctx, row, in.Status)
	if err != nil {
		return nil, err
	}
	return &connect.UpdateViewContentOutput{View: out}, nil
}

// UpdateViewMetadata renames or describes a view.
func (s *Service) UpdateViewMetadata(ctx context.Context, in *connect.UpdateViewMetadataInput) (*connect.UpdateViewMetadataOutput, error) {
	row, err := s.ownView(ctx, in.InstanceId, in.ViewId)
	if err != nil {
		return nil, err
	}
	err = s.changeView(ctx, row, func(tx *store.Tx, row *store.View) error {
		if in.Name != nil {
			row.Name = *in.Name
		}
		if in.Description != nil {
			row.Description = *in.Description
		}
		row.ModifiedAt = tx.Now().UnixMilli()
		tx.PutView(row)
		return nil
	})
	if err != nil {
		return nil, orDuplicate(err, "view", reply.Value(in.Name))
	}
	return &connect.UpdateViewMetadataOutput{}, nil
}

// DeleteView deletes a view with all its versions. Chats that show it go on showing it.
func (s *Service) DeleteView(ctx context.Context, in *connect.DeleteViewInput) (*connect.DeleteViewOutput, error) {
	row, err := s.ownView(ctx, in.InstanceId, in.ViewId)
	if err != nil {
		return nil, err
	}
	err = s.changeView(ctx, row, func(tx *store.Tx, row *store.View) error { tx.DeleteView(row.ID); return nil })
	if err != nil {
		return nil, err
	}
	return &connect.DeleteViewOutput{}, nil
}

// CreateViewVersion keeps the published content under the next number, unless the newest version is the same.
func (s *Service) CreateViewVersion(ctx context.Context, in *connect.CreateViewVersionInput) (*connect.CreateViewVersionOutput, error) {
	row, err := s.ownView(ctx, in.InstanceId, in.ViewId)
	if err != nil {
		return nil, err
	}
	var version int64
	err = s.changeView(ctx, row, func(tx *store.Tx, newest *store.View) error {
		row = newest
		if row.Published == 0 {
			return reply.InvalidRequest("The view was never published; a version is of published content")
		}
		c, err := tx.ViewContent(row.ID, row.Published)
		if err != nil {
			return err
		}
		if expected := in.ViewContentSha256; expected != nil && !strings.EqualFold(*expected, c.SHA256) {
			return reply.InvalidParameter("ViewContentSha256 is not that of the published content")
		}
		if n := len(row.Versions); n > 0 {
			last := row.Versions[n-1]
			kept, err := tx.ViewContent(row.ID, last.Content)
			if err != nil {
				return err
			}
			if kept.SHA256 == c.SHA256 {
				version = last.Version
				return nil
			}
			if n >= maxViewVersions {
				return viewQuota(fmt.Sprintf("The view has %d versions, which is its limit", n))
			}
		}
		row.LastVersion++
		version = row.LastVersion
		row.Versions = append(row.Versions, store.KeptVersion{
			Version: version, Content: row.Published, Description: reply.Value(in.VersionDescription),
		})
		row.ModifiedAt = tx.Now().UnixMilli()
		tx.PutView(row)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out, err := s.describe(ctx, row, strconv.FormatInt(version, 10))
	if err != nil {
		return nil, err
	}
	return &connect.CreateViewVersionOutput{View: out}, nil
}

// DeleteViewVersion deletes a version; its number is not given again.
func (s *Service) DeleteViewVersion(ctx context.Context, in *connect.DeleteViewVersionInput) (*connect.DeleteViewVersionOutput, error) {
	row, err := s.ownView(ctx, in.InstanceId, in.ViewId)
	if err != nil {
		return nil, err
	}
	err = s.changeView(ctx, row, func(tx *store.Tx, row *store.View) error {
		there := len(row.Versions)
		row.Versions = slices.DeleteFunc(row.Versions, func(v store.KeptVersion) bool { return v.Version == int64(*in.ViewVersion) })
		if len(row.Versions) == there {
			return reply.NotFound("Version of the view")
		}
		row.ModifiedAt = tx.Now().UnixMilli()
		tx.PutView(row)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.DeleteViewVersionOutput{}, nil
}

// ListViewVersions lists the versions of a view, the newest first.
func (s *Service) ListViewVersions(ctx context.Context, in *connect.ListViewVersionsInput) (*connect.ListViewVersionsOutput, error) {
	m, row, qualifier, err := s.anyView(ctx, in.InstanceId, in.ViewId)
	if err != nil {
		return nil, err
	}
	if qualifier != "" {
		return nil, reply.InvalidRequest("ViewId names a version; this operation is about the whole view")
	}
	var all []types.ViewVersionSummary
	list := "view-versions\x00"
	if m != nil {
		list += m.ID
		all = []types.ViewVersionSummary{{
			Id: &m.ID, Arn: s.managedARN(m), Name: &m.ID, Description: &m.Description, Type: types.ViewTypeAwsManaged, Version: view.Version,
		}}
	} else {
		list += row.ID
		whole := s.Scope.Resource(row.InstanceID, arn.View, row.ID)
		for _, v := range slices.Backward(row.Versions) {
			all = append(all, types.ViewVersionSummary{
				Id: &row.ID, Arn: new(whole + ":" + strconv.FormatInt(v.Version, 10)), Name: &row.Name, Description: reply.Text(row.Description),
				Type: types.ViewTypeCustomerManaged, Version: int32(v.Version), VersionDescription: reply.Text(v.Description),
			})
		}
	}
	after, err := reply.After(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	if last, err := strconv.ParseInt(after, 10, 32); err == nil {
		all = slices.DeleteFunc(all, func(v types.ViewVersionSummary) bool { return int64(v.Version) >= last })
	}
	out := &connect.ListViewVersionsOutput{}
	out.ViewVersionSummaryList, out.NextToken = reply.Page(all, reply.PageSize(in.MaxResults, viewsPage), list,
		func(v *types.ViewVersionSummary) string { return strconv.Itoa(int(v.Version)) })
	return out, nil
}
