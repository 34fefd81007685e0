package center

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// state is all that can be read of a contact and its chat, for comparing what it was with what it is.
func (w *world) state(id string) string {
	w.t.Helper()
	ct, err := w.Store.Contact(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(wire.Append(nil, w.describe(id))) + string(ct.References) + string(ct.RoutingCriteria)
}

// TestContactDataRefuses gives each rule a request that breaks it: the right error, and nothing is changed.
func TestContactDataRefuses(t *testing.T) {
	const stranger = "00000000-0000-4000-8000-0000000000a2"
	engines(t, func(t *testing.T, w *world) {
		c, ended := w.start(), w.start()
		if _, err := w.StopContact(t.Context(), &connect.StopContactInput{InstanceId: new(instanceID), ContactId: &ended.id}); err != nil {
			t.Fatal(err)
		}
		err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
			tx.PutContact(&store.Contact{ID: "theirs", ChatID: "theirs", InstanceID: stranger})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		tag := func(tags map[string]string) func(string, string) error {
			return func(instance, contact string) error {
				_, err := w.TagContact(t.Context(), &connect.TagContactInput{InstanceId: &instance, ContactId: &contact, Tags: tags})
				return err
			}
		}
		untag := func(instance, contact string) error {
			_, err := w.UntagContact(t.Context(), &connect.UntagContactInput{InstanceId: &instance, ContactId: &contact, TagKeys: []string{"a"}})
			return err
		}
		update := func(change func(*connect.UpdateContactInput)) func(string, string) error {
			return func(instance, contact string) error {
				in := &connect.UpdateContactInput{InstanceId: &instance, ContactId: &contact}
				change(in)
				_, err := w.UpdateContact(t.Context(), in)
				return err
			}
		}
		name := update(func(in *connect.UpdateContactInput) { in.Name = new("x") })
		refer := func(kind types.ReferenceType, v *string) func(string, string) error {
			return update(func(in *connect.UpdateContactInput) {
				in.Name, in.References = new("not this either"), map[string]types.Reference{"r": {Type: kind, Value: v}}
			})
		}
		attribute := func(name string, v types.SegmentAttributeValue) func(string, string) error {
			return update(func(in *connect.UpdateContactInput) {
				in.Name, in.SegmentAttributes = new("not this either"), map[string]types.SegmentAttributeValue{name: v}
			})
		}
		route := func(priority *int64, adjust *int32, steps ...types.RoutingCriteriaInputStep) func(string, string) error {
			return func(instance, contact string) error {
				in := &connect.UpdateContactRoutingDataInput{
					InstanceId: &instance, ContactId: &contact, QueuePriority: priority, QueueTimeAdjustmentSeconds: adjust,
				}
				if steps != nil {
					in.RoutingCriteria = &types.RoutingCriteriaInput{Steps: steps}
				}
				_, err := w.UpdateContactRoutingData(t.Context(), in)
				return err
			}
		}
		const (
			invalid, bad, missing = "InvalidRequestException", "InvalidParameterException", "ResourceNotFoundException"
		)
		text := types.SegmentAttributeValue{ValueString: new("x")}
		foreign := w.Scope.Resource(stranger, "contact", c.id)
		for _, tt := range []struct {
			name, instance, contact string
			do                      func(instance, contact string) error
			want                    string
		}{
			{"update of nobody", instanceID, "nobody", name, missing},
			{"update in another instance", stranger, c.id, name, missing},
			{"update of a stranger's contact", instanceID, "theirs", name, missing},
			{"update by a foreign ARN", instanceID, foreign, name, missing},
			{"update in another account", "arn:aws:connect:us-east-1:111111111111:instance/" + instanceID, c.id, name, missing},
			{"tag of nobody", instanceID, "nobody", tag(map[string]string{"a": "b"}), missing},
			{"tag by a foreign ARN", instanceID, foreign, tag(map[string]string{"a": "b"}), missing},
			{"untag of nobody", instanceID, "nobody", untag, missing},
			{"untag in another instance", stranger, c.id, untag, missing},
			{"routing of nobody", instanceID, "nobody", route(new(int64(1)), nil), missing},
			{"routing of a stranger's contact", instanceID, "theirs", route(new(int64(1)), nil), missing},

			{"nothing to update", instanceID, c.id, update(func(*connect.UpdateContactInput) {}), invalid},
			{"nothing to update of nobody", instanceID, "nobody", update(func(*connect.UpdateContactInput) {}), invalid},
			{"a queue", instanceID, c.id, update(func(in *connect.UpdateContactInput) { in.QueueInfo = &types.QueueInfoInput{Id: new("q")} }), invalid},
			{"a user", instanceID, c.id, update(func(in *connect.UpdateContactInput) { in.UserInfo = &types.UserInfo{} }), invalid},
			{"a customer endpoint", instanceID, c.id, update(func(in *connect.UpdateContactInput) {
				in.Name, in.CustomerEndpoint = new("x"), &types.Endpoint{}
			}), invalid},
			{"a system endpoint of nobody", instanceID, "nobody", update(func(in *connect.UpdateContactInput) { in.SystemEndpoint = &types.Endpoint{} }), missing},

			{"reference without a value", instanceID, c.id, refer(types.ReferenceTypeString, nil), invalid},
			{"attachment that names none", instanceID, c.id, refer(types.ReferenceTypeAttachment, nil), invalid},
			{"reference of the service", instanceID, c.id, refer(types.ReferenceTypeContactAnalysis, new("x")), invalid},
			{"email of the service", instanceID, c.id, refer(types.ReferenceTypeEmailMessage, new("x")), invalid},
			{"no URL", instanceID, c.id, refer(types.ReferenceTypeUrl, new("example.com")), bad},
			{"no number", instanceID, c.id, refer(types.ReferenceTypeNumber, new("1,5")), bad},
			{"not a number", instanceID, c.id, refer(types.ReferenceTypeNumber, new("NaN")), bad},
			{"no date", instanceID, c.id, refer(types.ReferenceTypeDate, new("2026-01-31")), bad},
			{"no email address", instanceID, c.id, refer(types.ReferenceTypeEmail, new("Ana <ana@example.com>")), bad},
			{"references that are too large", instanceID, c.id, refer(types.ReferenceTypeString, new(strings.Repeat("ü", 2048))), invalid},

			{"segment attribute of the system", instanceID, c.id, attribute("connect:ContactExpiry", text), invalid},
			{"segment attribute of a bad name", instanceID, c.id, attribute("a b", text), bad},
			{"segment attribute list", instanceID, c.id, attribute("l", types.SegmentAttributeValue{ValueList: []types.SegmentAttributeValue{text}}), invalid},
			{"segment attribute ARN", instanceID, c.id, attribute("l", types.SegmentAttributeValue{ValueArn: new("arn:aws:s3:::x")}), invalid},
			{"segment attribute without a value", instanceID, c.id, attribute("n", types.SegmentAttributeValue{}), invalid},
			{"guide without its content types", instanceID, c.id, attribute(subtypeName, types.SegmentAttributeValue{ValueString: new(subtypeGuide)}), invalid},
			{"segment attributes that are too large", instanceID, c.id, update(func(in *connect.UpdateContactInput) {
				in.SegmentAttributes = map[string]types.SegmentAttributeValue{}
				for i := range 64 {
					in.SegmentAttributes[strings.Repeat("a", i+1)] = types.SegmentAttributeValue{ValueString: new(strings.Repeat("x", 1024))}
				}
			}), invalid},

			{"seven tags", instanceID, c.id, tag(map[string]string{"a": "", "b": "", "c": "", "d": "", "e": "", "f": "", "g": ""}), invalid},

			{"priority and adjustment", instanceID, c.id, route(new(int64(1)), new(int32(1))), bad},
			{"no routing data", instanceID, c.id, route(nil, nil), bad},
			{"no routing data for nobody", instanceID, "nobody", route(nil, nil), bad},
			{"routing of an ended contact", instanceID, ended.id, route(new(int64(1)), nil), "ResourceConflictException"},
			{"step without an expression", instanceID, c.id, route(new(int64(1)), nil, types.RoutingCriteriaInputStep{}), bad},
			{"step that lasts no time", instanceID, c.id, route(nil, new(int32(1)), types.RoutingCriteriaInputStep{
				Expression: proficient("en"), Expiry: &types.RoutingCriteriaInputStepExpiry{DurationInSeconds: new(int32(0))},
			}), bad},
			{"empty expression", instanceID, c.id, route(nil, nil, types.RoutingCriteriaInputStep{Expression: &types.Expression{}}), bad},
			{"expression of two members", instanceID, c.id, route(nil, nil, types.RoutingCriteriaInputStep{Expression: &types.Expression{
				AttributeCondition: proficient("en").AttributeCondition, OrExpression: []types.Expression{*proficient("de")},
			}}), bad},
			{"empty expression inside", instanceID, c.id, route(nil, nil, types.RoutingCriteriaInputStep{Expression: &types.Expression{
				AndExpression: []types.Expression{*proficient("en"), {}},
			}}), bad},
			{"nine at once", instanceID, c.id, route(nil, nil, types.RoutingCriteriaInputStep{Expression: &types.Expression{
				AndExpression: slices.Repeat([]types.Expression{*proficient("en")}, 9),
			}}), bad},
			{"one of four", instanceID, c.id, route(nil, nil, types.RoutingCriteriaInputStep{Expression: &types.Expression{
				OrExpression: slices.Repeat([]types.Expression{*proficient("en")}, 4),
			}}), bad},
			{"condition of nothing", instanceID, c.id, route(nil, nil, types.RoutingCriteriaInputStep{Expression: &types.Expression{
				AttributeCondition: &types.AttributeCondition{Name: new("language")},
			}}), bad},
		} {
			before := w.state(c.id) + w.state(ended.id)
			wantCode(t, tt.name, tt.do(tt.instance, tt.contact), tt.want)
			if diff := cmp.Diff(before, w.state(c.id)+w.state(ended.id)); diff != "" {
				t.Errorf("%s: the refused request changed something:\n%s", tt.name, diff)
			}
		}
	})
}

// proficient asks for agents who speak a language.
func proficient(language string) *types.Expression {
	return &types.Expression{AttributeCondition: &types.AttributeCondition{
		Name: new("language"), Value: &language, ProficiencyLevel: new(float32(3)), ComparisonOperator: new("NumberGreaterOrEqualTo"),
	}}
}

// TestUpdateContact changes contacts that live and contacts that have ended; what is not named stays.
func TestUpdateContact(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start(segment("level", types.SegmentAttributeValue{ValueInteger: new(int32(3))}))
		update := func(in *connect.UpdateContactInput) {
			t.Helper()
			in.InstanceId, in.ContactId = new(w.Scope.Instance(instanceID)), new(w.Scope.Resource(instanceID, "contact", c.id))
			if _, err := w.UpdateContact(t.Context(), in); err != nil {
				t.Fatal(err)
			}
		}
		w.advance(time.Second)
		update(&connect.UpdateContactInput{Name: new("Order 7"), Description: new("late")})
		d := w.describe(c.id)
		if *d.Name != "Order 7" || *d.Description != "late" || !d.LastUpdateTimestamp.Equal(w.clock.Now()) {
			t.Errorf("after an update the contact is %+v", d)
		}
		if _, err := w.StopContact(t.Context(), &connect.StopContactInput{InstanceId: new(instanceID), ContactId: &c.id}); err != nil {
			t.Fatal(err)
		}
		update(&connect.UpdateContactInput{Description: new(""), References: map[string]types.Reference{
			"shop": {Type: types.ReferenceTypeUrl, Value: new("https://example.com/7")},
			"sum":  {Type: types.ReferenceTypeNumber, Value: new("12.5")},
		}})
		update(&connect.UpdateContactInput{
			References: map[string]types.Reference{
				"sum":  {Type: types.ReferenceTypeNumber, Value: new("-1e3")},
				"when": {Type: types.ReferenceTypeDate, Value: new("1767225600")},
				"who":  {Type: types.ReferenceTypeEmail, Value: new("ana@example.com")},
				"file": {Type: types.ReferenceTypeAttachment, Arn: new("arn:aws:connect:us-east-1:000000000000:instance/i/file/f")},
			},
			SegmentAttributes: map[string]types.SegmentAttributeValue{"level": {ValueString: new("high")}, "more": {ValueMap: map[string]types.SegmentAttributeValue{
				"inner": {ValueInteger: new(int32(1))},
			}}},
		})
		d = w.describe(c.id)
		if d.Description != nil || *d.Name != "Order 7" || *d.DisconnectReason != "API" ||
			*d.SegmentAttributes["level"].ValueString != "high" || *d.SegmentAttributes["more"].ValueMap["inner"].ValueInteger != 1 ||
			*d.SegmentAttributes[subtypeName].ValueString != "connect:Chat" {
			t.Errorf("after its end the contact is %+v", d)
		}
		ct, err := w.Store.Contact(t.Context(), c.id)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{`"https://example.com/7"`, `"-1e3"`, `"1767225600"`, `"ana@example.com"`, `instance/i/file/f`} {
			if !strings.Contains(string(ct.References), want) {
				t.Errorf("references are %s, want %s in it", ct.References, want)
			}
		}
	})
}

// TestTagContact adds, overwrites and takes off; six of the user's own are the limit, and that of the service stays.
func TestTagContact(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		tag := func(tags map[string]string) error {
			_, err := w.TagContact(t.Context(), &connect.TagContactInput{InstanceId: new(instanceID), ContactId: &c.id, Tags: tags})
			return err
		}
		untag := func(keys ...string) {
			t.Helper()
			_, err := w.UntagContact(t.Context(), &connect.UntagContactInput{InstanceId: new(instanceID), ContactId: &c.id, TagKeys: keys})
			if err != nil {
				t.Fatal(err)
			}
		}
		want := func(tags map[string]string) {
			t.Helper()
			tags = maps.Clone(tags)
			tags[instanceTag] = instanceID
			if diff := cmp.Diff(tags, w.describe(c.id).Tags); diff != "" {
				t.Errorf("tags (-want +got):\n%s", diff)
			}
		}
		six := map[string]string{"a": "1", "b": "2", "c": "3", "d": "4", "e": "5", "f": ""}
		wantCode(t, "six", tag(six), "")
		want(six)
		wantCode(t, "one more", tag(map[string]string{"a": "x", "g": ""}), "InvalidRequestException")
		want(six)
		wantCode(t, "another value", tag(map[string]string{"a": "x"}), "")
		untag("b", "nowhere")
		wantCode(t, "in the place of another", tag(map[string]string{"g": "7"}), "")
		if _, err := w.StopContact(t.Context(), &connect.StopContactInput{InstanceId: new(instanceID), ContactId: &c.id}); err != nil {
			t.Fatal(err)
		}
		untag("c", "d", "e", "f", "g")
		want(map[string]string{"a": "x"})
	})
}

// followed is a chat that left its first contact for a disconnect flow; it returns the ids of both.
func (w *world) followed(t *testing.T) (c chat, next string) {
	t.Helper()
	c = w.start()
	err := w.update(t.Context(), store.Key{Chat: c.id}, func(sc *scene) error {
		sc.chat.Hooks, sc.chatChanged = map[string]string{hookCustomerRemaining: flowID}, true
		return sc.disconnectFlow(reasonAgent)
	})
	if err != nil {
		t.Fatal(err)
	}
	row, err := w.Store.Chat(t.Context(), c.id)
	if err != nil {
		t.Fatal(err)
	}
	if row.ContactID == c.id {
		t.Fatal("the chat did not go on in another contact")
	}
	return c, row.ContactID
}

// TestEarlierSegment changes a contact that another followed, while the chat goes on, and the one that followed; each keeps its own.
func TestEarlierSegment(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c, next := w.followed(t)
		for _, id := range []string{c.id, next, c.id} {
			_, err := w.UpdateContact(t.Context(), &connect.UpdateContactInput{InstanceId: new(instanceID), ContactId: &id, Name: new("name of " + id)})
			wantCode(t, "update", err, "")
			_, err = w.TagContact(t.Context(), &connect.TagContactInput{InstanceId: new(instanceID), ContactId: &id, Tags: map[string]string{"t": id}})
			wantCode(t, "tag", err, "")
			_, err = w.UpdateContactAttributes(t.Context(), &connect.UpdateContactAttributesInput{
				InstanceId: new(instanceID), InitialContactId: &id, Attributes: map[string]string{id: "y"},
			})
			wantCode(t, "attributes", err, "")
		}
		found := func(terms ...store.Term) (ids []string) {
			t.Helper()
			q := store.ContactQuery{InstanceID: instanceID, Time: store.Initiated, Sort: store.Initiated, From: 1, To: w.clock.Now().UnixMilli(), Limit: 9}
			for _, term := range terms {
				q.Where = append(q.Where, store.Filter{Any: [][]store.Fact{{{Term: term}}}})
			}
			contacts, err := w.Store.SearchContacts(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, ct := range contacts {
				ids = append(ids, ct.ID)
			}
			return ids
		}
		tagged := store.TagTerm(instanceID, "t", c.id)
		if got := found(tagged, store.NameTerm(instanceID, "name of "+c.id), store.AttributeTerm(instanceID, next, "y")); !slices.Equal(got, []string{c.id}) {
			t.Errorf("the earlier contact is found as %v", got)
		}
		_, err := w.UntagContact(t.Context(), &connect.UntagContactInput{InstanceId: new(instanceID), ContactId: &c.id, TagKeys: []string{"t"}})
		wantCode(t, "untag", err, "")
		if got := found(tagged); got != nil {
			t.Errorf("by a tag that was taken off, %v are found", got)
		}
		_, err = w.TagContact(t.Context(), &connect.TagContactInput{InstanceId: new(instanceID), ContactId: &c.id, Tags: map[string]string{"t": c.id}})
		wantCode(t, "tag again", err, "")
		w.say(c, "still here")
		for _, id := range []string{c.id, next} {
			d := w.describe(id)
			if *d.Name != "name of "+id || d.Tags["t"] != id || d.Attributes[c.id] != "y" || d.Attributes[next] != "y" || *d.ContactAssociationId != c.id {
				t.Errorf("contact %s is %+v", id, d)
			}
		}
		_, err = w.UpdateContactRoutingData(t.Context(), &connect.UpdateContactRoutingDataInput{
			InstanceId: new(instanceID), ContactId: &c.id, QueuePriority: new(int64(1)),
		})
		wantCode(t, "routing of the earlier contact", err, "ResourceConflictException")
		if _, err := w.StopContact(t.Context(), &connect.StopContactInput{InstanceId: new(instanceID), ContactId: &c.id}); err != nil {
			t.Error(err)
		}
		if w.describe(next).DisconnectTimestamp != nil {
			t.Error("stopping the earlier contact ended the later one")
		}
	})
}

// TestRoutingData sets the place of a waiting contact and whom it may go to; the steps follow the time.
func TestRoutingData(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		subscribe(t, w, c)
		route := func(in *connect.UpdateContactRoutingDataInput) {
			t.Helper()
			in.InstanceId, in.ContactId = new(instanceID), &c.id
			if _, err := w.UpdateContactRoutingData(t.Context(), in); err != nil {
				t.Fatal(err)
			}
		}
		statuses := func() string {
			t.Helper()
			var all []string
			for _, s := range w.describe(c.id).RoutingCriteria.Steps {
				all = append(all, string(s.Status))
			}
			return strings.Join(all, " ")
		}
		want := func(what, want string) {
			t.Helper()
			if got := statuses(); got != want {
				t.Errorf("%s: steps are %s, want %s", what, got, want)
			}
		}
		for _, priority := range []int64{1, 9_000_000_000} {
			route(&connect.UpdateContactRoutingDataInput{QueuePriority: &priority})
			if got := *w.describe(c.id).QueuePriority; got != priority {
				t.Errorf("QueuePriority is %d, want %d", got, priority)
			}
		}
		route(&connect.UpdateContactRoutingDataInput{QueueTimeAdjustmentSeconds: new(int32(-90))})
		minute := &types.RoutingCriteriaInputStepExpiry{DurationInSeconds: new(int32(60))}
		criteria := &types.RoutingCriteriaInput{Steps: []types.RoutingCriteriaInputStep{
			{Expression: proficient("en"), Expiry: minute},
			{Expression: &types.Expression{OrExpression: []types.Expression{*proficient("en"), *proficient("de")}}, Expiry: minute},
			{Expression: proficient("fr")},
		}}
		route(&connect.UpdateContactRoutingDataInput{RoutingCriteria: criteria, QueuePriority: new(int64(2))})
		d := w.describe(c.id)
		if *d.QueueTimeAdjustmentSeconds != -90 || *d.QueuePriority != 2 || d.RoutingCriteria.ActivationTimestamp != nil || *d.RoutingCriteria.Index != 1 {
			t.Errorf("before its queue the contact is %+v", d)
		}
		want("before the queue", "INACTIVE INACTIVE INACTIVE")
		err := w.update(t.Context(), store.Key{Chat: c.id}, func(sc *scene) error {
			sc.contact.QueueID, sc.contact.EnqueuedAt, sc.contactChanged = "q", sc.now(), true
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		queued := w.clock.Now()
		want("in the queue", "ACTIVE INACTIVE INACTIVE")
		w.advance(59 * time.Second)
		want("within the first minute", "ACTIVE INACTIVE INACTIVE")
		w.advance(time.Second)
		want("after a minute", "EXPIRED ACTIVE INACTIVE")
		if got := w.describe(c.id).RoutingCriteria; !got.ActivationTimestamp.Equal(queued) || !got.Steps[1].Expiry.ExpiryTimestamp.Equal(queued.Add(2*time.Minute)) {
			t.Errorf("criteria are %+v", got)
		}
		err = w.update(t.Context(), store.Key{Chat: c.id}, func(sc *scene) error {
			sc.takeOver(store.Participant{ID: "agent", Role: roleAgent})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		w.advance(time.Hour)
		want("with an agent", "EXPIRED JOINED INACTIVE")
		if got := w.describe(c.id).AgentInfo; *got.Id != "agent" || !got.ConnectedToAgentTimestamp.Equal(queued.Add(time.Minute)) {
			t.Errorf("AgentInfo is %+v", got)
		}
		route(&connect.UpdateContactRoutingDataInput{RoutingCriteria: &types.RoutingCriteriaInput{}})
		if got := w.describe(c.id).RoutingCriteria; got != nil {
			t.Errorf("criteria that were taken away: %+v", got)
		}
	})
}

// TestTreeOfContinuedChat: a chat that begins to continue another is in its tree with all segments it has, and later ones are too.
func TestTreeOfContinuedChat(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		source := w.start()
		if _, err := w.StopContact(t.Context(), &connect.StopContactInput{InstanceId: new(instanceID), ContactId: &source.id}); err != nil {
			t.Fatal(err)
		}
		c, next := w.followed(t)
		if got := *w.describe(next).ContactAssociationId; got != c.id {
			t.Errorf("before, the second contact is in the tree of %s", got)
		}
		_, err := w.CreatePersistentContactAssociation(t.Context(), &connect.CreatePersistentContactAssociationInput{
			InstanceId: new(instanceID), InitialContactId: &next, RehydrationType: types.RehydrationTypeEntirePastSession, SourceContactId: &source.id,
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.update(t.Context(), store.Key{Chat: c.id}, func(sc *scene) error { return sc.disconnectFlow(reasonAgent) }); err != nil {
			t.Fatal(err)
		}
		related := w.start(func(in *connect.StartChatContactInput) { in.RelatedContactId = &c.id })
		tree, err := w.Store.AssociatedContacts(t.Context(), source.id, 0, "", 9)
		if err != nil || len(tree) != 5 {
			t.Fatalf("the tree has %d contacts, want 5: %v", len(tree), err)
		}
		for _, ct := range tree {
			d := w.describe(ct.ID)
			if *d.ContactAssociationId != source.id {
				t.Errorf("contact %s is in the tree of %s", ct.ID, *d.ContactAssociationId)
			}
			want := map[string]string{next: source.id, related.id: c.id}[ct.ID]
			if got := reply.Value(d.RelatedContactId); got != want {
				t.Errorf("contact %s is related to %q, want %q", ct.ID, got, want)
			}
		}
	})
}

// TestChatMetrics counts a conversation once its contact has ended.
func TestChatMetrics(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		subscribe(t, w, c)
		agent := store.Participant{ID: "agent", Role: roleAgent, DisplayName: "Bo"}
		says := func(p store.Participant, content string) {
			t.Helper()
			err := w.update(t.Context(), store.Key{Chat: c.id}, func(sc *scene) error {
				if p.ID == agent.ID && sc.contact.AgentAt == 0 {
					p.JoinedAt = sc.now()
					sc.chat.Participants = append(sc.chat.Participants, p)
					sc.chatChanged = true
					sc.takeOver(p)
				}
				sc.say(p, textPlain, content, nil)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			w.advance(10 * time.Second)
		}
		customer := store.Participant{ID: c.participantID, Role: roleCustomer}
		w.advance(10 * time.Second)
		says(store.Participant{ID: "s", Role: roleSystem}, "Hello")
		says(customer, "Grüße")
		says(customer, "Anybody?")
		if d := w.describe(c.id); d.ChatMetrics != nil {
			t.Errorf("metrics of a live chat: %+v", d.ChatMetrics)
		}
		says(agent, "Yes")
		says(customer, "Good")
		says(agent, "Bye")
		if _, err := w.StopContact(t.Context(), &connect.StopContactInput{InstanceId: new(instanceID), ContactId: &c.id}); err != nil {
			t.Fatal(err)
		}
		at := func(seconds int) *time.Time { return new(time.Date(2026, 1, 31, 10, 0, 10+seconds, 0, time.UTC)) }
		want := &types.ChatMetrics{
			ChatContactMetrics: &types.ChatContactMetrics{
				MultiParty: new(false), TotalMessages: new(int32(6)), TotalBotMessages: new(int32(1)), TotalBotMessageLengthInChars: new(int32(5)),
				ConversationTurnCount: new(int32(2)), AgentFirstResponseTimestamp: at(30), AgentFirstResponseTimeInMillis: new(int64(0)),
				ConversationCloseTimeInMillis: new(int64(20_000)),
			},
			CustomerMetrics: &types.ParticipantMetrics{
				ParticipantId: &c.participantID, ParticipantType: types.ParticipantTypeCustomer, ConversationAbandon: new(true), MessagesSent: new(int32(3)),
				NumResponses: new(int32(2)), MessageLengthInChars: new(int32(17)), TotalResponseTimeInMillis: new(int64(20_000)),
				MaxResponseTimeInMillis: new(int64(10_000)), LastMessageTimestamp: at(40),
			},
			AgentMetrics: &types.ParticipantMetrics{
				ParticipantId: new("agent"), ParticipantType: types.ParticipantTypeAgent, ConversationAbandon: new(false), MessagesSent: new(int32(2)),
				NumResponses: new(int32(2)), MessageLengthInChars: new(int32(6)), TotalResponseTimeInMillis: new(int64(10_000)),
				MaxResponseTimeInMillis: new(int64(10_000)), LastMessageTimestamp: at(50),
			},
		}
		if diff := cmp.Diff(want, w.describe(c.id).ChatMetrics); diff != "" {
			t.Errorf("metrics (-want +got):\n%s", diff)
		}
	})
}

// TestContactDataIsTold: each change that contact events have a name for makes one of the contact that was named; what changes nothing, and
// what is refused, makes none.
func TestContactDataIsTold(t *testing.T) {
	const target = "https://example.com/events"
	engines(t, func(t *testing.T, w *world) {
		c, next := w.followed(t)
		attempt := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		ctx, instance := t.Context(), new(instanceID)
		_, err := w.UpdateContact(ctx, &connect.UpdateContactInput{
			InstanceId: instance, ContactId: &c.id, Name: new("n"),
			SegmentAttributes: map[string]types.SegmentAttributeValue{"a": {ValueString: new("b")}},
		})
		attempt(err)
		_, err = w.UpdateContact(ctx, &connect.UpdateContactInput{InstanceId: instance, ContactId: &c.id, Name: new("another")})
		attempt(err)
		_, err = w.TagContact(ctx, &connect.TagContactInput{InstanceId: instance, ContactId: &next, Tags: map[string]string{"a": "b"}})
		attempt(err)
		_, err = w.UntagContact(ctx, &connect.UntagContactInput{InstanceId: instance, ContactId: &next, TagKeys: []string{"nowhere"}})
		attempt(err)
		_, err = w.UntagContact(ctx, &connect.UntagContactInput{InstanceId: instance, ContactId: &next, TagKeys: []string{"a"}})
		attempt(err)
		_, err = w.UpdateContactAttributes(ctx, &connect.UpdateContactAttributesInput{
			InstanceId: instance, InitialContactId: &c.id, Attributes: map[string]string{"a": "b"},
		})
		attempt(err)
		_, err = w.UpdateContactRoutingData(ctx, &connect.UpdateContactRoutingDataInput{
			InstanceId: instance, ContactId: &next, QueuePriority: new(int64(1)),
			RoutingCriteria: &types.RoutingCriteriaInput{Steps: []types.RoutingCriteriaInputStep{{Expression: proficient("en")}}},
		})
		attempt(err)
		_, err = w.TagContact(ctx, &connect.TagContactInput{InstanceId: instance, ContactId: &next, Tags: map[string]string{"aws:a": "b"}})
		wantCode(t, "a tag of the service", err, "InvalidParameterException")

		outs, err := w.Store.Outs(ctx, c.id+"/"+target, 100)
		attempt(err)
		var told []string
		for _, out := range outs {
			var e event
			attempt(json.Unmarshal(out.Body, &e))
			if e.Detail.EventType != contactDataUpdated {
				continue
			}
			if e.Detail.ContactID != out.ContactID {
				t.Errorf("an event of contact %s is kept as one of %s", e.Detail.ContactID, out.ContactID)
			}
			told = append(told, strings.Join(e.Detail.UpdatedProperties, ", ")+map[string]string{c.id: " of the first", next: " of the second"}[e.Detail.ContactID])
		}
		want := []string{
			"Segment Attributes of the first", "Tags of the second", "Tags of the second", "UserDefinedAttributes of the first",
			"RoutingCriteria of the second",
		}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	}, func(c *Config) { c.ContactEvents = []string{target} })
}
