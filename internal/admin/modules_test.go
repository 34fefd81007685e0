package admin

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/store"
)

// returning is a module that says something and returns.
func returning(text, parameters string) string {
	return fmt.Sprintf(`{"Version": "2019-10-30", "StartAction": "say", "Settings": {"InputParameters": []}, "Actions": [
		{"Identifier": "say", "Type": "MessageParticipant", "Parameters": {"Text": %q}, "Transitions": {"NextAction": "end"}},
		{"Identifier": "end", "Type": "EndFlowModuleExecution", "Parameters": %s, "Transitions": {}}]}`, text, parameters)
}

const lookup = `{
	"input": {"schema": {"type": "object", "properties": {"orderId": {"type": "string"}}}},
	"resultData": {"schema": {"type": "object", "properties": {"state": {"type": "string"}}}},
	"transitions": {"results": [{"name": "found", "description": ""}, {"name": "unknown"}]}}`

func (w *world) createModule(in connect.CreateContactFlowModuleInput) (*connect.CreateContactFlowModuleOutput, error) {
	in.InstanceId = new(instanceID)
	if in.Name == nil {
		in.Name = new("lookup")
	}
	if in.Content == nil {
		in.Content = new(returning("a", `{}`))
	}
	return w.CreateContactFlowModule(w.t.Context(), &in)
}

func (w *world) mustCreateModule(name, content, settings string) string {
	w.t.Helper()
	out, err := w.createModule(connect.CreateContactFlowModuleInput{Name: &name, Content: &content, Settings: &settings})
	if err != nil {
		w.t.Fatalf("create module %s: %v", name, err)
	}
	return *out.Id
}

func (w *world) describeAModule(id string) (*types.ContactFlowModule, error) {
	out, err := w.DescribeContactFlowModule(w.t.Context(), &connect.DescribeContactFlowModuleInput{InstanceId: new(instanceID), ContactFlowModuleId: &id})
	if err != nil {
		return nil, err
	}
	return out.ContactFlowModule, nil
}

func (w *world) updateModule(id string, content, settings *string) error {
	_, err := w.UpdateContactFlowModuleContent(w.t.Context(), &connect.UpdateContactFlowModuleContentInput{
		InstanceId: new(instanceID), ContactFlowModuleId: &id, Content: content, Settings: settings,
	})
	return err
}

func (w *world) keepModule(id string, sha *string) (int64, error) {
	out, err := w.CreateContactFlowModuleVersion(w.t.Context(), &connect.CreateContactFlowModuleVersionInput{
		InstanceId: new(instanceID), ContactFlowModuleId: &id, FlowModuleContentSha256: sha, Description: new("as it was"),
	})
	if err != nil {
		return 0, err
	}
	return *out.Version, nil
}

// mustKeep keeps the published content of a flow and wants this number for it.
func (w *world) mustKeep(flow string, want int64) {
	w.t.Helper()
	out, err := w.CreateContactFlowVersion(w.t.Context(), &connect.CreateContactFlowVersionInput{InstanceId: new(instanceID), ContactFlowId: &flow})
	if err != nil || *out.Version != want {
		w.t.Errorf("version of %s: %v, %v, want %d", flow, out, err, want)
	}
}

func (w *world) addAlias(id, name string, version int64) (string, error) {
	out, err := w.CreateContactFlowModuleAlias(w.t.Context(), &connect.CreateContactFlowModuleAliasInput{
		InstanceId: new(instanceID), ContactFlowModuleId: &id, AliasName: &name, ContactFlowModuleVersion: &version, Description: new("for flows"),
	})
	if err != nil {
		return "", err
	}
	return *out.Id, nil
}

func TestModules(t *testing.T) { onBothEngines(t, testModules) }

func testModules(t *testing.T, w *world) {
	out, err := w.createModule(connect.CreateContactFlowModuleInput{
		Content: new(returning("one", `{}`) + "\n"), Description: new("finds orders"), Settings: new(lookup), Tags: map[string]string{"team": "a"},
		ExternalInvocationConfiguration: &types.ExternalInvocationConfiguration{Enabled: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	id := *out.Id
	if want := scope.Resource(instanceID, "flow-module", id); *out.Arn != want {
		t.Errorf("ARN %s, want %s", *out.Arn, want)
	}
	got, err := w.describeAModule(*out.Arn)
	if err != nil {
		t.Fatal(err)
	}
	if len(*got.FlowModuleContentSha256) != 64 {
		t.Errorf("hash %s", *got.FlowModuleContentSha256)
	}
	want := &types.ContactFlowModule{
		Id: &id, Arn: out.Arn, Name: new("lookup"), Description: new("finds orders"), Content: new(returning("one", `{}`) + "\n"), Settings: new(lookup),
		State: "ACTIVE", Status: "PUBLISHED", Tags: map[string]string{"team": "a"}, FlowModuleContentSha256: got.FlowModuleContentSha256,
		ExternalInvocationConfiguration: &types.ExternalInvocationConfiguration{Enabled: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("module (-want +got)\n%s", diff)
	}
	expect := func(when string, want map[string]string) {
		t.Helper()
		for qualifier, want := range want {
			m, err := w.describeAModule(id + qualifier)
			got := "not found"
			if err == nil {
				got = string(m.Status) + " " + strings.TrimSpace(*m.Content)
				if m.Version != nil {
					got += fmt.Sprint(" ", *m.Version, " ", *m.VersionDescription)
				}
			}
			if got != want {
				t.Errorf("%s: %q reads %s, want %s", when, qualifier, got, want)
			}
		}
	}
	one, two, draft := "PUBLISHED "+returning("one", `{}`), "PUBLISHED "+returning("two", `{}`), `{"draft": 1}`
	expect("created", map[string]string{"": one, ":$LATEST": one, ":$SAVED": one, ":1": "not found", ":live": "not found"})
	if err := w.updateModule(id+":$SAVED", &draft, nil); err != nil {
		t.Fatal(err)
	}
	expect("draft saved", map[string]string{"": one, ":$SAVED": "SAVED " + draft})
	if version, err := w.keepModule(id, nil); version != 1 || err != nil {
		t.Errorf("version %d, %v", version, err)
	}
	if _, err := w.addAlias(id, "live", 1); err != nil {
		t.Error(err)
	}
	if err := w.updateModule(id+":$LATEST", new(returning("two", `{}`)), nil); err != nil {
		t.Fatal(err)
	}
	expect("published again", map[string]string{"": two, ":$SAVED": two, ":1": one + " 1 as it was", ":live": one + " 1 as it was"})
	if m, err := w.describeAModule(id); err != nil || *m.Settings != lookup {
		t.Errorf("settings of a new content: %v, %v", m, err)
	}
	if err := w.updateModule(id, nil, new(`{}`)); err != nil {
		t.Fatal(err)
	}
	expect("settings alone", map[string]string{"": two})

	_, err = w.UpdateContactFlowModuleMetadata(t.Context(), &connect.UpdateContactFlowModuleMetadataInput{
		InstanceId: new(instanceID), ContactFlowModuleId: &id, Name: new("orders"), State: types.ContactFlowModuleStateArchived,
	})
	if err != nil {
		t.Error(err)
	}
	if m, err := w.describeAModule(id); err != nil || *m.Name != "orders" || *m.Description != "finds orders" || m.State != "ARCHIVED" || *m.Settings != `{}` {
		t.Errorf("module %+v, %v", m, err)
	}
	wantError[*types.InvalidRequestException](t, "change a version", w.updateModule(id+":1", &draft, nil))
	wantError[*types.InvalidRequestException](t, "change nothing", w.updateModule(id, nil, nil))

	remove := func(id string) error {
		_, err := w.DeleteContactFlowModule(t.Context(), &connect.DeleteContactFlowModuleInput{InstanceId: new(instanceID), ContactFlowModuleId: &id})
		return err
	}
	wantError[*types.InvalidRequestException](t, "delete a version", remove(id+":1"))
	if err := remove(id); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{"delete": remove(id), "update": w.updateModule(id, &draft, nil)} {
		wantError[*types.ResourceNotFoundException](t, name+" again", err)
	}
	for _, name := range []string{id, id + ":1", scope.Resource("other", "flow-module", id), scope.Resource(instanceID, "contact-flow", id)} {
		_, err := w.describeAModule(name)
		wantError[*types.ResourceNotFoundException](t, name, err)
	}
}

func TestCreateModuleOnce(t *testing.T) { onBothEngines(t, testCreateModuleOnce) }

func testCreateModuleOnce(t *testing.T, w *world) {
	in := connect.CreateContactFlowModuleInput{ClientToken: new("once")}
	first, err := w.createModule(in)
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.createModule(in)
	if err != nil || *again.Id != *first.Id || *again.Arn != *first.Arn {
		t.Errorf("the repetition is answered %v, %v", again, err)
	}
	in.Name = new("another")
	_, err = w.createModule(in)
	wantError[*types.IdempotencyException](t, "the token with another name", err)
	_, err = w.createModule(connect.CreateContactFlowModuleInput{ClientToken: new("other")})
	wantError[*types.DuplicateResourceException](t, "a taken name", err)
	w.MaxModules = 2
	if _, err := w.createModule(in); err == nil {
		t.Error("the token is forgotten")
	}
	in.ClientToken = nil
	if _, err := w.createModule(in); err != nil {
		t.Errorf("the second module: %v", err)
	}
	in.Name = new("third")
	_, err = w.createModule(in)
	wantError[*types.LimitExceededException](t, "a module over the limit", err)
}

// TestModuleIsChangedSideBySide: who changes the content and who changes the contract at the same time both get what they wanted.
func TestModuleIsChangedSideBySide(t *testing.T) {
	onBothEngines(t, func(t *testing.T, w *world) {
		for i := range 10 {
			id := w.mustCreateModule(fmt.Sprint("module ", i), returning("first", `{}`), `{}`)
			var changes errgroup.Group
			changes.Go(func() error { return w.updateModule(id, new(returning("second", `{}`)), nil) })
			changes.Go(func() error { return w.updateModule(id, nil, new(lookup)) })
			if err := changes.Wait(); err != nil {
				t.Fatal(err)
			}
			m, err := w.describeAModule(id)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(*m.Content, "second") || m.Settings == nil || *m.Settings != lookup {
				t.Errorf("content %s, settings %v", *m.Content, m.Settings)
			}
		}
	})
}

func TestModuleContracts(t *testing.T) { onBothEngines(t, testModuleContracts) }

func testModuleContracts(t *testing.T, w *world) {
	id := w.mustCreateModule("target", returning("a", `{"Result": "found", "ResultData": {"state": "sent"}}`), lookup)
	plain := w.mustCreateModule("plain", returning("a", `{}`), `{}`)
	invoke := func(module, input, branch string) string {
		return fmt.Sprintf(`{"Version": "2019-10-30", "StartAction": "m", "Actions": [
			{"Identifier": "m", "Type": "InvokeFlowModule", "Parameters": {"FlowModuleId": %q, "Input": {%q: "1"}}, "Transitions": {"NextAction": "end",
				"Conditions": [{"NextAction": "end", "Condition": {"Operator": "Equals", "Operands": [%q]}}],
				"Errors": [{"NextAction": "end", "ErrorType": "NoMatchingError"}]}},
			{"Identifier": "end", "Type": "DisconnectParticipant"}]}`, module, input, branch)
	}
	noInput := "Invalid Action property name. Path: Actions[0].Parameters.Input."
	noBranch := "Invalid Action property value. Path: Actions[0].Transitions.Conditions[0].Condition.Operands[0]"
	for _, tt := range []struct {
		name, content string
		want          []string
	}{
		{"as declared", invoke(id, "orderId", "found"), nil},
		{"by ARN and qualifier", invoke(scope.Resource(instanceID, "flow-module", id)+":$LATEST", "orderId", "unknown"), nil},
		{"by reference", invoke("$.Attributes.module", "anything", "any"), nil},
		{"another input", invoke(id, "order", "found"), []string{noInput + "order"}},
		{"another branch", invoke(id, "orderId", "lost"), []string{noBranch}},
		{"without a contract", invoke(plain, "orderId", "found"), []string{noInput + "orderId", noBranch}},
		{"unknown", invoke("nope", "orderId", "found"), []string{"Resource not found. Path: Actions[0].Parameters.FlowModuleId"}},
		{"unknown version", invoke(id+":1", "orderId", "found"), []string{"Resource not found. Path: Actions[0].Parameters.FlowModuleId"}},
		{"of another instance", invoke(scope.Resource("other", "flow-module", id), "orderId", "found"), []string{"Resource not found. Path: Actions[0].Parameters.FlowModuleId"}},
	} {
		_, err := w.create(tt.name, tt.content, "")
		var got []string
		if err != nil {
			for _, p := range wantError[*types.InvalidContactFlowException](t, tt.name, err).Problems {
				got = append(got, *p.Message)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: problems %q, want %q", tt.name, got, tt.want)
		}
	}
	for _, tt := range []struct {
		name, content, settings string
		want                    []string
	}{
		{"own result", returning("a", `{"Result": "lost"}`), lookup, []string{"Invalid Action property value. Path: Actions[1].Parameters.Result"}},
		{"own data", returning("a", `{"ResultData": {"status": "x"}}`), lookup, []string{"Invalid Action property name. Path: Actions[1].Parameters.ResultData.status"}},
		{"data by reference", returning("a", `{"ResultData": "$.External"}`), lookup, nil},
		{"no JSON", returning("a", `{}`), `{`, []string{"Settings is not valid JSON: unexpected end of JSON input"}},
		{"no schema", returning("a", `{}`), `{"input": {"schema": {"type": "thing"}}}`, []string{"Invalid Settings property value. Path: Settings.input.schema"}},
		{"nine branches", returning("a", `{}`), `{"transitions": {"results": [` + strings.TrimSuffix(strings.Repeat(`{"name": "n"},`, 9), ",") + `]}}`, []string{"Invalid Settings property value. Path: Settings.transitions.results"}},
		{"a flow's action", smallest[:len(smallest)-1] + `, "Settings": {}}`, "", nil},
	} {
		_, err := w.createModule(connect.CreateContactFlowModuleInput{Name: &tt.name, Content: &tt.content, Settings: &tt.settings})
		var got []string
		if err != nil {
			for _, p := range wantError[*types.InvalidContactFlowModuleException](t, tt.name, err).Problems {
				got = append(got, *p.Message)
			}
		}
		if len(got) > len(tt.want) {
			got = got[:max(len(tt.want), 1)]
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: problems %q, want %q", tt.name, got, tt.want)
		}
	}
	_, err := w.createModule(connect.CreateContactFlowModuleInput{Name: new("bare"), Content: new(smallest)})
	if e := wantError[*types.InvalidRequestException](t, "content without Settings", err); e != nil && *e.Message != "JSON field is missing or null for field name: settings" {
		t.Errorf("message %q", *e.Message)
	}
	wantError[*types.InvalidContactFlowModuleException](t, "a content that its contract does not fit",
		w.updateModule(id, nil, new(`{}`)))
}

func TestModuleVersionsAndAliases(t *testing.T) { onBothEngines(t, testModuleVersionsAndAliases) }

func testModuleVersionsAndAliases(t *testing.T, w *world) {
	id := w.mustCreateModule("m", returning("1", `{}`), `{}`)
	for i := range int64(3) {
		if version, err := w.keepModule(id, nil); version != i+1 || err != nil {
			t.Fatalf("version %d, %v", version, err)
		}
		if version, err := w.keepModule(id, nil); version != i+1 || err != nil {
			t.Errorf("kept again: %d, %v", version, err)
		}
		if err := w.updateModule(id, new(returning(fmt.Sprint(i), `{}`)), nil); err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.keepModule(id, new(strings.Repeat("0", 64)))
	wantError[*types.InvalidParameterException](t, "another hash", err)
	m, err := w.describeAModule(id)
	if err != nil {
		t.Fatal(err)
	}
	if version, err := w.keepModule(id, m.FlowModuleContentSha256); version != 4 || err != nil {
		t.Errorf("with its hash: %d, %v", version, err)
	}
	list := func(size int32) (versions []string) {
		t.Helper()
		in := &connect.ListContactFlowModuleVersionsInput{InstanceId: new(instanceID), ContactFlowModuleId: &id, MaxResults: &size}
		for {
			out, err := w.ListContactFlowModuleVersions(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range out.ContactFlowModuleVersionSummaryList {
				if want := scope.Resource(instanceID, "flow-module", id) + fmt.Sprint(":", *v.Version); *v.Arn != want {
					t.Errorf("ARN %s, want %s", *v.Arn, want)
				}
				versions = append(versions, fmt.Sprint(*v.Version, " ", *v.VersionDescription))
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				return versions
			}
		}
	}
	remove := func(version int64) error {
		_, err := w.DeleteContactFlowModuleVersion(t.Context(), &connect.DeleteContactFlowModuleVersionInput{
			InstanceId: new(instanceID), ContactFlowModuleId: &id, ContactFlowModuleVersion: &version,
		})
		return err
	}
	live, err := w.addAlias(id, "live", 2)
	if err != nil {
		t.Fatal(err)
	}
	wantError[*types.InvalidRequestException](t, "delete a version with an alias", remove(2))
	if err := remove(3); err != nil {
		t.Error(err)
	}
	wantError[*types.ResourceNotFoundException](t, "delete a version again", remove(3))
	if diff := cmp.Diff([]string{"4 as it was", "2 as it was", "1 as it was"}, list(2)); diff != "" {
		t.Errorf("versions (-want +got)\n%s", diff)
	}

	for name, want := range map[string]any{
		"live": &types.DuplicateResourceException{}, "3": &types.InvalidParameterException{}, "$LATEST": &types.InvalidParameterException{},
	} {
		_, err := w.addAlias(id, name, 1)
		if fmt.Sprintf("%T", err) != fmt.Sprintf("%T", want) {
			t.Errorf("alias %s: %v, want %T", name, err, want)
		}
	}
	_, err = w.addAlias(id, "beta", 3)
	wantError[*types.ResourceNotFoundException](t, "an alias of no version", err)
	if _, err := w.addAlias(id, "beta", 4); err != nil {
		t.Error(err)
	}
	change := func(alias string, name *string, version *int64) error {
		_, err := w.UpdateContactFlowModuleAlias(t.Context(), &connect.UpdateContactFlowModuleAliasInput{
			InstanceId: new(instanceID), ContactFlowModuleId: &id, AliasId: &alias, Name: name, ContactFlowModuleVersion: version,
		})
		return err
	}
	wantError[*types.DuplicateResourceException](t, "rename to a taken alias", change(live, new("beta"), nil))
	wantError[*types.InvalidParameterException](t, "rename to what is no alias", change(live, new("a b"), nil))
	wantError[*types.ResourceNotFoundException](t, "lead an alias nowhere", change(live, nil, new(int64(3))))
	wantError[*types.ResourceNotFoundException](t, "change an unknown alias", change("nope", new("x"), nil))
	if err := change(live, new("now"), new(int64(1))); err != nil {
		t.Error(err)
	}
	described, err := w.DescribeContactFlowModuleAlias(t.Context(), &connect.DescribeContactFlowModuleAliasInput{
		InstanceId: new(instanceID), ContactFlowModuleId: &id, AliasId: &live,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := &types.ContactFlowModuleAliasInfo{
		AliasId: &live, Name: new("now"), Description: new("for flows"), Version: new(int64(1)), ContactFlowModuleId: &id,
		ContactFlowModuleArn: new(scope.Resource(instanceID, "flow-module", id)), LastModifiedRegion: new("eu-central-1"), LastModifiedTime: new(epoch),
	}
	if diff := cmp.Diff(want, described.ContactFlowModuleAlias); diff != "" {
		t.Errorf("alias (-want +got)\n%s", diff)
	}
	aliases := func() (names []string) {
		t.Helper()
		in := &connect.ListContactFlowModuleAliasesInput{InstanceId: new(instanceID), ContactFlowModuleId: &id, MaxResults: new(int32(1))}
		for {
			out, err := w.ListContactFlowModuleAliases(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range out.ContactFlowModuleAliasSummaryList {
				names = append(names, fmt.Sprint(*a.AliasName, " ", *a.Version, " ", strings.TrimPrefix(*a.Arn, scope.Resource(instanceID, "flow-module", id))))
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				return names
			}
		}
	}
	if diff := cmp.Diff([]string{"beta 4 :beta", "now 1 :now"}, aliases()); diff != "" {
		t.Errorf("aliases (-want +got)\n%s", diff)
	}
	drop := func() error {
		_, err := w.DeleteContactFlowModuleAlias(t.Context(), &connect.DeleteContactFlowModuleAliasInput{
			InstanceId: new(instanceID), ContactFlowModuleId: &id, AliasId: &live,
		})
		return err
	}
	if err := drop(); err != nil {
		t.Error(err)
	}
	wantError[*types.ResourceNotFoundException](t, "delete an alias again", drop())
	if got := aliases(); !slices.Equal(got, []string{"beta 4 :beta"}) {
		t.Errorf("aliases %q", got)
	}

	full := store.Module{ID: "full", InstanceID: instanceID, Name: "full", Published: 1, LastVersion: maxVersions}
	for i := range int64(maxVersions) {
		full.Versions = append(full.Versions, store.KeptVersion{Version: i + 1})
		full.Aliases = append(full.Aliases, store.ModuleAlias{ID: fmt.Sprint(i), Name: fmt.Sprint("a", i), Version: 1})
	}
	if err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
		tx.PutModule(&full)
		tx.PutModuleContent(&store.ModuleContent{ModuleID: "full", Number: 1, Content: "{}"})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	_, err = w.keepModule("full", nil)
	wantError[*types.LimitExceededException](t, "a version over the limit", err)
	_, err = w.addAlias("full", "one-more", 1)
	wantError[*types.LimitExceededException](t, "an alias over the limit", err)
}

func TestFlowVersions(t *testing.T) { onBothEngines(t, testFlowVersions) }

func testFlowVersions(t *testing.T, w *world) {
	id := w.mustCreate("flow", says("one"), types.ContactFlowStatusSaved)
	keep := func(wanted *int64, sha *string) (int64, error) {
		out, err := w.CreateContactFlowVersion(t.Context(), &connect.CreateContactFlowVersionInput{
			InstanceId: new(instanceID), ContactFlowId: &id, ContactFlowVersion: wanted, FlowContentSha256: sha, Description: new("first"),
		})
		if err != nil {
			return 0, err
		}
		return *out.Version, nil
	}
	_, err := keep(nil, nil)
	wantError[*types.InvalidRequestException](t, "a version of a draft", err)
	if err := w.update(id, says("one")); err != nil {
		t.Fatal(err)
	}
	_, err = keep(nil, new(strings.Repeat("0", 64)))
	wantError[*types.InvalidParameterException](t, "another hash", err)
	if version, err := keep(new(int64(5)), nil); version != 5 || err != nil {
		t.Errorf("version %d, %v", version, err)
	}
	if err := w.update(id, says("two")); err != nil {
		t.Fatal(err)
	}
	_, err = keep(new(int64(5)), nil)
	wantError[*types.InvalidParameterException](t, "a number that was given", err)
	if version, err := keep(nil, nil); version != 6 || err != nil {
		t.Errorf("version %d, %v", version, err)
	}
	if f, err := w.describe(id + ":5"); err != nil || *f.Content != says("one") || *f.Version != 5 || *f.VersionDescription != "first" {
		t.Errorf("version 5 is %+v, %v", f, err)
	}
	out, err := w.ListContactFlowVersions(t.Context(), &connect.ListContactFlowVersionsInput{InstanceId: new(instanceID), ContactFlowId: &id, MaxResults: new(int32(1))})
	if err != nil || len(out.ContactFlowVersionSummaryList) != 1 || *out.ContactFlowVersionSummaryList[0].Version != 6 || out.NextToken == nil {
		t.Fatalf("page %+v, %v", out, err)
	}
	out, err = w.ListContactFlowVersions(t.Context(), &connect.ListContactFlowVersionsInput{InstanceId: new(instanceID), ContactFlowId: &id, NextToken: out.NextToken})
	if err != nil || len(out.ContactFlowVersionSummaryList) != 1 || *out.ContactFlowVersionSummaryList[0].Version != 5 || out.NextToken != nil {
		t.Errorf("page %+v, %v", out, err)
	}
	remove := func() error {
		_, err := w.DeleteContactFlowVersion(t.Context(), &connect.DeleteContactFlowVersionInput{InstanceId: new(instanceID), ContactFlowId: &id, ContactFlowVersion: new(int64(5))})
		return err
	}
	if err := remove(); err != nil {
		t.Error(err)
	}
	wantError[*types.ResourceNotFoundException](t, "delete a version again", remove())
	_, err = w.describe(id + ":5")
	wantError[*types.ResourceNotFoundException](t, "a deleted version", err)
}
