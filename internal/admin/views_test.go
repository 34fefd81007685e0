package admin

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/store"
)

const (
	published = types.ViewStatusPublished
	saved     = types.ViewStatusSaved
)

func template(text string) string {
	return `{"Body":[{"Type":"TextBox","_id":"a","Content":["` + text + `"]}]}`
}

func (w *world) createView(name, template string, status types.ViewStatus, change ...func(*connect.CreateViewInput)) (*types.View, error) {
	in := &connect.CreateViewInput{
		InstanceId: new(instanceID), Name: &name, Status: status,
		Content: &types.ViewInputContent{Template: &template, Actions: []string{"Send"}},
	}
	for _, f := range change {
		f(in)
	}
	out, err := w.CreateView(w.t.Context(), in)
	if err != nil {
		return nil, err
	}
	return out.View, nil
}

func (w *world) mustCreateView(name, text string, status types.ViewStatus) string {
	w.t.Helper()
	v, err := w.createView(name, template(text), status)
	if err != nil {
		w.t.Fatalf("create %s: %v", name, err)
	}
	return *v.Id
}

func (w *world) describeView(id string) (*types.View, error) {
	out, err := w.DescribeView(w.t.Context(), &connect.DescribeViewInput{InstanceId: new(instanceID), ViewId: &id})
	if err != nil {
		return nil, err
	}
	return out.View, nil
}

// wantView checks the content that an id leads to: "text status version".
func (w *world) wantView(id, want string) {
	w.t.Helper()
	v, err := w.describeView(id)
	if err != nil {
		w.t.Errorf("%s: %v", id, err)
		return
	}
	text, _, _ := strings.Cut(want, " ")
	if got := fmt.Sprintf("%s %s %d", text, v.Status, v.Version); got != want || *v.Content.Template != template(text) {
		w.t.Errorf("%s is %q, want %q", id, got, want)
	}
}

func (w *world) updateView(id, text string, status types.ViewStatus) error {
	_, err := w.UpdateViewContent(w.t.Context(), &connect.UpdateViewContentInput{
		InstanceId: new(instanceID), ViewId: &id, Status: status,
		Content: &types.ViewInputContent{Template: new(template(text)), Actions: []string{"Send"}},
	})
	return err
}

func (w *world) viewVersion(id string, sha *string) (*types.View, error) {
	out, err := w.CreateViewVersion(w.t.Context(), &connect.CreateViewVersionInput{
		InstanceId: new(instanceID), ViewId: &id, VersionDescription: new("as it was"), ViewContentSha256: sha,
	})
	if err != nil {
		return nil, err
	}
	return out.View, nil
}

func (w *world) deleteViewVersion(id string, version int32) error {
	_, err := w.DeleteViewVersion(w.t.Context(), &connect.DeleteViewVersionInput{InstanceId: new(instanceID), ViewId: &id, ViewVersion: &version})
	return err
}

func (w *world) deleteView(id string) error {
	_, err := w.DeleteView(w.t.Context(), &connect.DeleteViewInput{InstanceId: new(instanceID), ViewId: &id})
	return err
}

func (w *world) renameView(id string, name, description *string) error {
	_, err := w.UpdateViewMetadata(w.t.Context(), &connect.UpdateViewMetadataInput{
		InstanceId: new(instanceID), ViewId: &id, Name: name, Description: description,
	})
	return err
}

func TestViews(t *testing.T) { onBothEngines(t, testViews) }

func testViews(t *testing.T, w *world) {
	v, err := w.createView("Address", template("$.Street"), published, func(in *connect.CreateViewInput) {
		in.Description, in.Tags = new("Where"), map[string]string{"team": "red"}
	})
	if err != nil {
		t.Fatal(err)
	}
	id := *v.Id
	arn := "arn:aws:connect:eu-central-1:111122223333:instance/" + instanceID + "/view/" + id
	want := &types.View{
		Id: &id, Arn: &arn, Name: new("Address"), Description: new("Where"), Tags: map[string]string{"team": "red"},
		Status: published, Type: types.ViewTypeCustomerManaged, CreatedTime: &epoch, LastModifiedTime: &epoch,
		ViewContentSha256: v.ViewContentSha256,
		Content: &types.ViewContent{
			Actions: []string{"Send"}, Template: new(template("$.Street")), InputSchema: new(`{"properties":{"Street":{}},"type":"object"}`),
		},
	}
	if diff := cmp.Diff(want, v); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	for _, name := range []string{id, id + ":$LATEST", id + ":$SAVED", arn, arn + ":$LATEST"} {
		got, err := w.describeView(name)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s (-want +got):\n%s%v", name, diff, err)
		}
	}

	*w.now = epoch.Add(time.Hour)
	first, err := w.viewVersion(id, v.ViewContentSha256)
	if err != nil || first.Version != 1 || *first.VersionDescription != "as it was" {
		t.Errorf("first version %+v, %v", first, err)
	}
	if again, err := w.viewVersion(arn, nil); err != nil || again.Version != 1 {
		t.Errorf("first version again %+v, %v", again, err)
	}
	if err := w.updateView(id, "two", saved); err != nil {
		t.Fatal(err)
	}
	w.wantView(id, "$.Street PUBLISHED 1")
	w.wantView(id+":$SAVED", "two SAVED 0")
	if err := w.updateView(arn, "three", published); err != nil {
		t.Fatal(err)
	}
	w.wantView(id, "three PUBLISHED 0")
	w.wantView(id+":$SAVED", "three PUBLISHED 0")
	w.wantView(id+":1", "$.Street PUBLISHED 1")
	_, err = w.viewVersion(id, v.ViewContentSha256)
	wantError[*types.InvalidParameterException](t, "version of another content", err)
	for _, text := range []string{"three", "four"} {
		if err := w.updateView(id, text, published); err != nil {
			t.Fatal(err)
		}
		if _, err := w.viewVersion(id, nil); err != nil {
			t.Fatal(err)
		}
	}
	w.wantView(id, "four PUBLISHED 3")
	if err := w.deleteViewVersion(id, 3); err != nil {
		t.Fatal(err)
	}
	wantError[*types.ResourceNotFoundException](t, "delete the version again", w.deleteViewVersion(id, 3))
	wantError[*types.ResourceNotFoundException](t, "delete version 0", w.deleteViewVersion(id, 0))
	if next, err := w.viewVersion(id, nil); err != nil || next.Version != 4 {
		t.Errorf("version after the deleted one %+v, %v", next, err)
	}
	var versions []string
	in := &connect.ListViewVersionsInput{InstanceId: new(instanceID), ViewId: &id, MaxResults: new(int32(2))}
	for {
		out, err := w.ListViewVersions(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range out.ViewVersionSummaryList {
			versions = append(versions, fmt.Sprint(v.Version, strings.TrimPrefix(*v.Arn, arn)))
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}
	if diff := cmp.Diff([]string{"4:4", "2:2", "1:1"}, versions); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}

	if err := w.renameView(id, new("Place"), nil); err != nil {
		t.Fatal(err)
	}
	if err := w.renameView(id, nil, new("Whence")); err != nil {
		t.Fatal(err)
	}
	if got, err := w.describeView(id); err != nil || *got.Name != "Place" || *got.Description != "Whence" || !got.LastModifiedTime.Equal(epoch.Add(time.Hour)) {
		t.Errorf("renamed %+v, %v", got, err)
	}
	if err := w.deleteView(id); err != nil {
		t.Fatal(err)
	}
	wantError[*types.ResourceNotFoundException](t, "delete again", w.deleteView(id))
	for _, name := range []string{id, id + ":$SAVED", id + ":1"} {
		_, err := w.describeView(name)
		wantError[*types.ResourceNotFoundException](t, name, err)
	}
}

func TestViewsThatAreRefused(t *testing.T) { onBothEngines(t, testViewsThatAreRefused) }

func testViewsThatAreRefused(t *testing.T, w *world) {
	other := w.addInstance(NewInstance{Alias: "other"})
	id, draft := w.mustCreateView("Address", "a", published), w.mustCreateView("Draft", "a", saved)
	_, err := w.createView("Address", template("a"), published)
	wantError[*types.DuplicateResourceException](t, "same name", err)
	wantError[*types.DuplicateResourceException](t, "rename to a taken name", w.renameView(draft, new("Address"), nil))
	_, err = w.createView("Address", template("a"), published, func(in *connect.CreateViewInput) { in.InstanceId = &other })
	if err != nil {
		t.Errorf("same name elsewhere: %v", err)
	}

	for _, status := range []types.ViewStatus{published, saved} {
		_, err = w.createView("Bad", `{"Body":`, status)
		wantError[*types.InvalidRequestException](t, "no JSON", err)
		_, err = w.createView("Bad", "", status, func(in *connect.CreateViewInput) { in.Content.Template = nil })
		wantError[*types.InvalidRequestException](t, "no template", err)
	}
	_, err = w.createView("Bad", `{}`, published)
	wantError[*types.InvalidParameterException](t, "no body", err)
	_, err = w.createView("Bad", template("a"), published, func(in *connect.CreateViewInput) { in.Content.Actions = nil })
	wantError[*types.InvalidParameterException](t, "no actions", err)
	if _, err := w.createView("Light", `{}`, saved, func(in *connect.CreateViewInput) { in.Content.Actions = nil }); err != nil {
		t.Errorf("a draft is checked in full: %v", err)
	}
	_, err = w.UpdateViewContent(t.Context(), &connect.UpdateViewContentInput{
		InstanceId: new(instanceID), ViewId: &id, Status: published, Content: &types.ViewInputContent{Template: new(`{}`), Actions: []string{"a"}},
	})
	wantError[*types.InvalidParameterException](t, "update without a body", err)
	w.wantView(id, "a PUBLISHED 0")

	w.wantView(draft+":$SAVED", "a SAVED 0")
	_, err = w.viewVersion(draft, nil)
	wantError[*types.InvalidRequestException](t, "version of a draft", err)
	for _, name := range []string{
		draft, id + ":1", id + ":0", id + ":x", "nothing", "form:2", "arn:aws:connect:eu-central-1:aws:view/nothing:1",
		strings.Replace(scope.Resource(instanceID, "view", id), instanceID, other, 1), scope.Resource(instanceID, "queue", id),
	} {
		_, err := w.describeView(name)
		wantError[*types.ResourceNotFoundException](t, name, err)
	}
	_, err = w.DescribeView(t.Context(), &connect.DescribeViewInput{InstanceId: &other, ViewId: &id})
	wantError[*types.ResourceNotFoundException](t, "of another instance", err)
	_, err = w.DescribeView(t.Context(), &connect.DescribeViewInput{InstanceId: new("none"), ViewId: new("form")})
	wantError[*types.ResourceNotFoundException](t, "of no instance", err)

	qualified := id + ":$SAVED"
	for name, err := range map[string]error{
		"content": w.updateView(qualified, "b", saved), "metadata": w.renameView(qualified, new("b"), nil), "delete": w.deleteView(qualified),
		"delete version": w.deleteViewVersion(qualified, 1),
	} {
		wantError[*types.InvalidRequestException](t, name+" of a version", err)
	}
	for _, managed := range []string{"form", "arn:aws:connect:eu-central-1:aws:view/form:1"} {
		_, err := w.viewVersion(managed, nil)
		for name, err := range map[string]error{
			"content": w.updateView(managed, "b", saved), "metadata": w.renameView(managed, new("b"), nil), "delete": w.deleteView(managed),
			"delete version": w.deleteViewVersion(managed, 1), "version": err,
		} {
			wantError[*types.AccessDeniedException](t, name+" of "+managed, err)
		}
	}
}

func TestViewQuotas(t *testing.T) { onBothEngines(t, testViewQuotas) }

func testViewQuotas(t *testing.T, w *world) {
	full := store.View{ID: "full", InstanceID: instanceID, Name: "full", Saved: 2, Published: 2, LastVersion: maxViewVersions}
	for i := range maxViewVersions {
		full.Versions = append(full.Versions, store.KeptVersion{Version: int64(i + 1), Content: 1})
	}
	err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
		full := full
		tx.PutView(&full)
		tx.PutViewContent(&store.ViewContent{ViewID: "full", Number: 1, Template: "{}", SHA256: "a"})
		tx.PutViewContent(&store.ViewContent{ViewID: "full", Number: 2, Template: "{}", SHA256: "b"})
		for i := range maxViews - 2 {
			tx.PutView(&store.View{ID: fmt.Sprint("v", i), InstanceID: instanceID, Name: fmt.Sprint("v", i)})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.mustCreateView("last", "a", saved)
	_, err = w.createView("one more", template("a"), saved)
	wantError[*types.ServiceQuotaExceededException](t, "one view too many", err)
	_, err = w.viewVersion("full", nil)
	wantError[*types.ServiceQuotaExceededException](t, "one version too many", err)
	if err := w.deleteViewVersion("full", 1); err != nil {
		t.Fatal(err)
	}
	if v, err := w.viewVersion("full", nil); err != nil || v.Version != maxViewVersions+1 {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestCreateViewOnce(t *testing.T) { onBothEngines(t, testCreateViewOnce) }

func testCreateViewOnce(t *testing.T, w *world) {
	token := func(in *connect.CreateViewInput) { in.ClientToken = new("token") }
	first, err := w.createView("Address", template("a"), published, token)
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.createView("Address", template("a"), published, token)
	if diff := cmp.Diff(first, again); diff != "" || err != nil {
		t.Errorf("again (-first +again):\n%s%v", diff, err)
	}
	_, err = w.createView("Address", template("b"), published, token)
	wantError[*types.InvalidRequestException](t, "with another content", err)
	*w.now = epoch.Add(tokenLife)
	_, err = w.createView("Address", template("a"), published, token)
	wantError[*types.DuplicateResourceException](t, "after a week", err)
}

func TestListViews(t *testing.T) { onBothEngines(t, testListViews) }

func testListViews(t *testing.T, w *world) {
	for _, name := range []string{"b", "a", "list"} {
		w.mustCreateView(name, "x", published)
	}
	w.mustCreateView("B", "x", saved)
	own := []string{"B SAVED", "a PUBLISHED", "b PUBLISHED", "list PUBLISHED"}
	managed := []string{
		"after-contact-work PUBLISHED", "cards PUBLISHED", "confirmation PUBLISHED", "detail PUBLISHED", "form PUBLISHED", "list PUBLISHED",
	}
	for kind, want := range map[types.ViewType][]string{
		types.ViewTypeAwsManaged: managed, types.ViewTypeCustomerManaged: own, "": append(append([]string{}, managed...), own...),
	} {
		for _, size := range []int32{1, 4, 5, 6, 7, 100} {
			in := &connect.ListViewsInput{InstanceId: new(instanceID), Type: kind, MaxResults: &size}
			var got []string
			for {
				out, err := w.ListViews(t.Context(), in)
				if err != nil {
					t.Fatal(err)
				}
				for _, v := range out.ViewsSummaryList {
					got = append(got, *v.Name+" "+string(v.Status))
				}
				if in.NextToken = out.NextToken; in.NextToken == nil {
					break
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%q in pages of %d (-want +got):\n%s", kind, size, diff)
			}
		}
	}
	out, err := w.ListViews(t.Context(), &connect.ListViewsInput{InstanceId: new(instanceID), MaxResults: new(int32(1))})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.ListViews(t.Context(), &connect.ListViewsInput{InstanceId: new(instanceID), Type: types.ViewTypeAwsManaged, NextToken: out.NextToken})
	wantError[*types.InvalidParameterException](t, "token of another list", err)
}

func TestManagedViews(t *testing.T) {
	onBothEngines(t, func(t *testing.T, w *world) {
		const arn = "arn:aws:connect:eu-central-1:aws:view/form:1"
		v, err := w.describeView(arn)
		if err != nil || *v.Id != "form" || *v.Arn != arn || v.Version != 1 || v.Type != types.ViewTypeAwsManaged || v.Status != published ||
			len(*v.ViewContentSha256) != 64 || !strings.Contains(*v.Content.InputSchema, `"required":["Sections"]`) {
			t.Errorf("%+v, %v", v, err)
		}
		out, err := w.ListViewVersions(t.Context(), &connect.ListViewVersionsInput{InstanceId: new(instanceID), ViewId: new("form")})
		if err != nil || len(out.ViewVersionSummaryList) != 1 || *out.ViewVersionSummaryList[0].Arn != arn {
			t.Errorf("%+v, %v", out, err)
		}
	})
}

func TestFlowsNameViewsThatAreThere(t *testing.T) {
	onBothEngines(t, func(t *testing.T, w *world) {
		id, draft := w.mustCreateView("Address", "a", published), w.mustCreateView("Draft", "a", saved)
		exists, failed := w.exists(passing{t.Context(), w.Store}, instanceID)
		for name, want := range map[string]bool{
			"form": true, "form:1": true, "form:2": false, id: true, id + ":$SAVED": true, id + ":1": false, draft: false, draft + ":$SAVED": true,
			scope.Resource(instanceID, "view", id): true, scope.Resource("other", "view", id): false, "nothing": false,
		} {
			if got := exists(flow.View, name); got != want || *failed != nil {
				t.Errorf("%s is there: %v, %v", name, got, *failed)
			}
		}
	})
}

func TestSearchViews(t *testing.T) {
	onBothEngines(t, func(t *testing.T, w *world) {
		tags := func(tags map[string]string) func(*connect.CreateViewInput) {
			return func(in *connect.CreateViewInput) { in.Tags = tags }
		}
		for name, draft := range map[string]bool{"Order": false, "Address": false, "Zip code": true} {
			status := published
			if draft {
				status = saved
			}
			if _, err := w.createView(name, template("a"), status, tags(map[string]string{"team": "shop", "name": name})); err != nil {
				t.Fatal(err)
			}
		}
		type criteria = types.ViewSearchCriteria
		shop, order := types.TagCondition{TagKey: new("team"), TagValue: new("shop")}, types.TagCondition{TagKey: new("name"), TagValue: new("Order")}
		all := func(tags ...types.TagCondition) types.CommonAttributeAndCondition {
			return types.CommonAttributeAndCondition{TagConditions: tags}
		}
		const managed = "after-contact-work cards confirmation detail form list"
		for name, tt := range map[string]struct {
			where  *criteria
			filter *types.ControlPlaneAttributeFilter
			want   string
		}{
			"all":              {nil, nil, managed + " Address Order Zip code"},
			"by type":          {&criteria{ViewTypeCondition: types.ViewTypeAwsManaged}, nil, managed},
			"drafts":           {&criteria{ViewStatusCondition: types.ViewStatusSaved}, nil, "Zip code"},
			"published":        {&criteria{ViewTypeCondition: types.ViewTypeCustomerManaged, ViewStatusCondition: types.ViewStatusPublished}, nil, "Address Order"},
			"by name":          {&criteria{StringCondition: text("name", "CONTAINS", "RD")}, nil, "cards Order"},
			"by id":            {&criteria{StringCondition: text("resourceID", "EXACT", "form")}, nil, "form"},
			"all conditions":   {&criteria{AndConditions: []criteria{{ViewTypeCondition: types.ViewTypeCustomerManaged}, {StringCondition: text("name", "STARTS_WITH", "a")}}}, nil, "Address"},
			"one condition":    {&criteria{OrConditions: []criteria{{StringCondition: text("name", "EXACT", "list")}, {StringCondition: text("name", "EXACT", "order")}}}, nil, "list Order"},
			"by tag":           {nil, &types.ControlPlaneAttributeFilter{TagCondition: &shop}, "Address Order Zip code"},
			"by all tags":      {nil, &types.ControlPlaneAttributeFilter{AndCondition: new(all(shop, order))}, "Order"},
			"by one of tags":   {nil, &types.ControlPlaneAttributeFilter{OrConditions: []types.CommonAttributeAndCondition{all(order), all(shop)}}, "Address Order Zip code"},
			"tags and a type":  {&criteria{ViewTypeCondition: types.ViewTypeAwsManaged}, &types.ControlPlaneAttributeFilter{TagCondition: &shop}, ""},
			"by no tags given": {nil, &types.ControlPlaneAttributeFilter{}, managed + " Address Order Zip code"},
		} {
			var got []string
			in := &connect.SearchViewsInput{InstanceId: new(instanceID), SearchCriteria: tt.where, SearchFilter: &types.ViewSearchFilter{AttributeFilter: tt.filter}, MaxResults: new(int32(4))}
			for {
				out, err := w.SearchViews(t.Context(), in)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if total := int64(len(strings.Fields(strings.ReplaceAll(tt.want, "Zip code", "Zip")))); *out.ApproximateTotalCount != total {
					t.Errorf("%s: %d in all, want %d", name, *out.ApproximateTotalCount, total)
				}
				for i := range out.Views {
					v := &out.Views[i]
					got = append(got, *v.Name)
					if described, err := w.describeView(*v.Id + map[types.ViewStatus]string{types.ViewStatusSaved: ":$SAVED"}[v.Status]); err != nil {
						t.Errorf("%s: %v", *v.Name, err)
					} else if diff := cmp.Diff(described, v); diff != "" {
						t.Errorf("%s, (-described +found):\n%s", *v.Name, diff)
					}
				}
				if in.NextToken = out.NextToken; in.NextToken == nil {
					break
				}
			}
			if got := strings.Join(got, " "); got != tt.want {
				t.Errorf("%s: %q, want %q", name, got, tt.want)
			}
		}
		for name, in := range map[string]connect.SearchViewsInput{
			"unknown field": {SearchCriteria: &criteria{StringCondition: text("color", "EXACT", "red")}},
			"two filters":   {SearchFilter: &types.ViewSearchFilter{AttributeFilter: &types.ControlPlaneAttributeFilter{TagCondition: &shop, AndCondition: new(all(order))}}},
			"another token": {NextToken: new("YQ")},
		} {
			in.InstanceId = new(instanceID)
			_, err := w.SearchViews(t.Context(), &in)
			wantError[*types.InvalidParameterException](t, name, err)
		}
		_, err := w.SearchViews(t.Context(), &connect.SearchViewsInput{InstanceId: new("nope")})
		wantError[*types.ResourceNotFoundException](t, "no instance", err)
	})
}
