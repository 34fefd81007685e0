package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite" // the schema is changed behind the store's back

	"github.com/openparley/parley/internal/store"
)

func (w *world) same(what string, got, want any, err error) {
	w.Helper()
	if err != nil {
		w.Errorf("%s: %v", what, err)
	} else if diff := cmp.Diff(want, got); diff != "" {
		w.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func reopenKeepsEverything(w *world) {
	chat, contact := fill[store.Chat]("Num", "Seq", "LastAt"), fill[store.Contact]()
	contact.ID, contact.ChatID = chat.ContactID, chat.ID
	second := fill[store.Contact]()
	second.ID = "second"
	item, bare := fill[store.Item](), &store.Item{}
	instance, queue, flow := fill[store.Instance](), fill[store.Queue](), fill[store.Flow]()
	version, job := fill[store.FlowVersion](), fill[store.Job]()
	view, content := fill[store.View](), fill[store.ViewContent]()
	module, inside := fill[store.Module](), fill[store.ModuleContent]()
	hours, prompt := fill[store.Hours](), fill[store.Prompt]()
	request, secret := fill[store.Request](), fill[store.Secret]()
	request.ExpiresAt += startOfTime
	w.update(store.Key{}, func(tx *store.Tx) error {
		tx.CreateChat(chat, contact)
		tx.PutContact(second)
		tx.Append(chat, item)
		tx.Append(chat, bare)
		tx.PutInstance(instance)
		tx.PutQueue(queue)
		tx.PutFlow(flow)
		tx.PutFlowVersion(version)
		tx.PutView(view)
		tx.PutViewContent(content)
		tx.PutModule(module)
		tx.PutModuleContent(inside)
		tx.PutHours(hours)
		tx.PutPrompt(prompt)
		tx.PutJob(*job)
		tx.PutRequest(*request)
		tx.PutSecret(*secret)
		tx.AppendFlowLog("c", 7, []byte("line"))
		return nil
	})
	check := func() {
		w.Helper()
		for _, s := range w.nodes {
			ctx := w.Context()
			gotChat, err := s.Chat(ctx, chat.ID)
			w.same("Chat", gotChat, chat, err)
			gotContact, err := s.Contact(ctx, contact.ID)
			w.same("Contact", gotContact, contact, err)
			gotContact, err = s.Contact(ctx, second.ID)
			w.same("second Contact", gotContact, second, err)
			items, err := s.Items(ctx, chat.Num, store.ItemQuery{})
			w.same("Items", items, []store.Item{*item, *bare}, err)
			gotInstance, err := s.Instance(ctx, instance.ID)
			w.same("Instance", gotInstance, instance, err)
			gotQueue, err := s.Queue(ctx, queue.ID)
			w.same("Queue", gotQueue, queue, err)
			gotFlow, err := s.Flow(ctx, flow.ID)
			w.same("Flow", gotFlow, flow, err)
			gotVersion, err := s.FlowVersion(ctx, version.FlowID, version.Version)
			w.same("FlowVersion", gotVersion, version, err)
			gotView, err := s.View(ctx, view.ID)
			w.same("View", gotView, view, err)
			gotContent, err := s.ViewContent(ctx, content.ViewID, content.Number)
			w.same("ViewContent", gotContent, content, err)
			gotModule, err := s.Module(ctx, module.ID)
			w.same("Module", gotModule, module, err)
			gotModule, err = s.ModuleByName(ctx, module.InstanceID, module.Name)
			w.same("ModuleByName", gotModule, module, err)
			gotInside, err := s.ModuleContent(ctx, inside.ModuleID, inside.Number)
			w.same("ModuleContent", gotInside, inside, err)
			gotHours, err := s.Hours(ctx, hours.ID)
			w.same("Hours", gotHours, hours, err)
			gotPrompt, err := s.Prompt(ctx, prompt.ID)
			w.same("Prompt", gotPrompt, prompt, err)
			secrets, err := s.Secrets(ctx, secret.Kind)
			w.same("Secrets", secrets, []store.Secret{*secret}, err)
			lines, err := s.FlowLog(ctx, "c", 0, 9)
			w.same("FlowLog", lines, []store.FlowLogLine{{ID: 1, At: 7, Line: []byte("line")}}, err)
			err = s.Update(ctx, store.Key{Chat: chat.ID}, func(tx *store.Tx) error {
				w.same("Tx.Chat", tx.Chat(), chat, nil)
				w.same("Tx.Contact", tx.Contact(), contact, nil)
				gotChat, err := tx.ChatByID(chat.ID)
				w.same("Tx.ChatByID", gotChat, chat, err)
				gotContact, err := tx.ContactByID(second.ID)
				w.same("Tx.ContactByID", gotContact, second, err)
				for id, want := range map[string]int64{item.ContactID: item.Seq, "nobody": 0} {
					last, err := tx.LastOf(chat.Num, id)
					w.same("Tx.LastOf "+id, last, want, err)
				}
				gotJob, err := tx.Job(job.Kind, job.Key)
				w.same("Tx.Job", gotJob, job, err)
				gotRequest, err := tx.Request(request.Scope, request.Token)
				w.same("Tx.Request", gotRequest, request, err)
				gotInstance, err := tx.Instance(instance.ID)
				w.same("Tx.Instance", gotInstance, instance, err)
				gotQueue, err := tx.Queue(queue.ID)
				w.same("Tx.Queue", gotQueue, queue, err)
				gotFlow, err := tx.Flow(flow.ID)
				w.same("Tx.Flow", gotFlow, flow, err)
				gotFlow, err = tx.FlowByName(flow.InstanceID, flow.Name)
				w.same("Tx.FlowByName", gotFlow, flow, err)
				gotVersion, err := tx.FlowVersion(version.FlowID, version.Version)
				w.same("Tx.FlowVersion", gotVersion, version, err)
				gotView, err := tx.View(view.ID)
				w.same("Tx.View", gotView, view, err)
				gotContent, err := tx.ViewContent(content.ViewID, content.Number)
				w.same("Tx.ViewContent", gotContent, content, err)
				gotModule, err := tx.Module(module.ID)
				w.same("Tx.Module", gotModule, module, err)
				gotInside, err := tx.ModuleContent(inside.ModuleID, inside.Number)
				w.same("Tx.ModuleContent", gotInside, inside, err)
				gotHours, err := tx.Hours(hours.ID)
				w.same("Tx.Hours", gotHours, hours, err)
				gotPrompt, err := tx.Prompt(prompt.ID)
				w.same("Tx.Prompt", gotPrompt, prompt, err)
				gotItem, err := tx.Item(chat.Num, item.Seq)
				w.same("Tx.ItemByID", gotItem, item, err)
				return nil
			})
			w.same("update", nil, nil, err)
		}
	}
	check()
	w.reopen()
	check()

	next, _ := w.chat() // numbers go on
	got, err := w.nodes[0].Chat(w.Context(), next)
	if err != nil || got.Num <= chat.Num {
		w.Errorf("chat after reopening: %v, %v", got, err)
	}
}

// configurationChangesAreSeen checks what transactions keep of configuration: a change by anybody is seen by the next one.
func configurationChangesAreSeen(w *world) {
	name := func(s *store.Store) (name string) {
		w.Helper()
		err := s.Update(w.Context(), store.Key{}, func(tx *store.Tx) error {
			f, err := tx.Flow("f")
			if err != nil {
				return err
			}
			in, err := tx.Instance(instanceID)
			if err != nil {
				return err
			}
			q, err := tx.Queue("q")
			if err != nil {
				return err
			}
			v, err := tx.View("v")
			if err != nil {
				return err
			}
			name = f.Name + in.Alias + q.Name + f.Tags["t"] + v.Name + v.Versions[0].Description
			// What was handed out is the update's own.
			f.Name, in.Alias, q.Name, f.Tags["t"], v.Name, v.Versions[0].Description = "spoilt", "spoilt", "spoilt", "spoilt", "spoilt", "spoilt"
			return nil
		})
		if err != nil {
			w.Error(err)
		}
		return name
	}
	for round := range 3 {
		v := strconv.Itoa(round)
		w.update(store.Key{}, func(tx *store.Tx) error {
			tx.PutFlow(&store.Flow{ID: "f", InstanceID: instanceID, Name: v, Tags: map[string]string{"t": v}})
			tx.PutInstance(&store.Instance{ID: instanceID, Alias: v})
			tx.PutQueue(&store.Queue{ID: "q", InstanceID: instanceID, Name: v})
			tx.PutView(&store.View{ID: "v", InstanceID: instanceID, Name: v, Versions: []store.KeptVersion{{Description: v}}})
			return nil
		})
		for range 2 {
			for _, s := range w.nodes {
				w.is("names", name(s), strings.Repeat(v, 6))
			}
		}
	}
}

func namesAreUnique(w *world) {
	put := func(id, instance, name string) error {
		return w.nodes[0].Update(w.Context(), store.Key{}, func(tx *store.Tx) error {
			tx.PutFlow(&store.Flow{ID: id, InstanceID: instance, Name: name})
			return nil
		})
	}
	queue := func(id, name string) error {
		return w.nodes[0].Update(w.Context(), store.Key{}, func(tx *store.Tx) error {
			tx.PutQueue(&store.Queue{ID: id, InstanceID: instanceID, Name: name})
			return nil
		})
	}
	view := func(id, instance, name string) error {
		return w.nodes[0].Update(w.Context(), store.Key{}, func(tx *store.Tx) error {
			tx.PutView(&store.View{ID: id, InstanceID: instance, Name: name})
			return nil
		})
	}
	module := func(id, instance, name string) error {
		return w.nodes[0].Update(w.Context(), store.Key{}, func(tx *store.Tx) error {
			tx.PutModule(&store.Module{ID: id, InstanceID: instance, Name: name})
			return nil
		})
	}
	w.is("first flow", put("f1", instanceID, "a"), nil)
	w.is("same name elsewhere", put("f2", "another", "a"), nil)
	w.is("name in other case", put("f3", instanceID, "A"), nil)
	w.fails("same name", put("f4", instanceID, "a"), store.ErrExists)
	w.fails("rename to a taken name", put("f3", instanceID, "a"), store.ErrExists)
	w.is("rename", put("f1", instanceID, "b"), nil)
	w.is("the name is free", put("f3", instanceID, "a"), nil)
	w.is("first queue", queue("q1", "a"), nil)
	w.fails("second queue", queue("q2", "a"), store.ErrExists)
	w.is("first view", view("v1", instanceID, "a"), nil)
	w.is("view elsewhere", view("v2", "another", "a"), nil)
	w.fails("second view", view("v3", instanceID, "a"), store.ErrExists)
	hours := func(id, instance string) error {
		return w.nodes[0].Update(w.Context(), store.Key{}, func(tx *store.Tx) error {
			tx.PutHours(&store.Hours{ID: id, InstanceID: instance, Name: "a"})
			tx.PutPrompt(&store.Prompt{ID: id, InstanceID: instance, Name: id})
			return nil
		})
	}
	w.is("first hours", hours("h1", instanceID), nil)
	w.is("hours elsewhere", hours("h2", "another"), nil)
	w.fails("second hours", hours("h3", instanceID), store.ErrExists)
	w.is("first module", module("m1", instanceID, "a"), nil)
	w.is("module elsewhere", module("m2", "another", "a"), nil)
	w.fails("second module", module("m3", instanceID, "a"), store.ErrExists)
	f, err := w.nodes[0].FlowByName(w.Context(), instanceID, "a")
	if err != nil || f.ID != "f3" {
		w.Errorf("flow a: %v, %v", f, err)
	}
	q, err := w.nodes[0].QueueByName(w.Context(), instanceID, "a")
	if err != nil || q.ID != "q1" {
		w.Errorf("queue a: %v, %v", q, err)
	}
}

func hoursOfAnInstance(w *world) {
	w.update(store.Key{}, func(tx *store.Tx) error {
		for i := range 3 {
			id := strconv.Itoa(i)
			tx.PutHours(&store.Hours{ID: id, InstanceID: instanceID, Name: id})
			tx.PutPrompt(&store.Prompt{ID: id, InstanceID: instanceID, Name: id})
			tx.PutQueue(&store.Queue{ID: id, InstanceID: instanceID, Name: id, HoursID: id})
		}
		tx.PutHours(&store.Hours{ID: "other", InstanceID: "another", Name: "0"})
		tx.PutPrompt(&store.Prompt{ID: "other", InstanceID: "another", Name: "0"})
		return nil
	})
	ids := func() (hours, prompts, queues []string) {
		h, err := w.nodes[0].HoursOfInstance(w.Context(), instanceID, "0", 9)
		w.is("hours", err, nil)
		p, err := w.nodes[0].Prompts(w.Context(), instanceID, "0", 1)
		w.is("prompts", err, nil)
		q, err := w.nodes[0].Queues(w.Context(), instanceID, "", 9)
		w.is("queues", err, nil)
		for i := range h {
			hours = append(hours, h[i].ID)
		}
		for i := range p {
			prompts = append(prompts, p[i].ID)
		}
		for i := range q {
			queues = append(queues, q[i].ID)
		}
		return hours, prompts, queues
	}
	hours, prompts, queues := ids()
	w.is("hours after 0", hours, []string{"1", "2"})
	w.is("one prompt after 0", prompts, []string{"1"})
	w.is("queues", queues, []string{"0", "1", "2"})
	w.update(store.Key{}, func(tx *store.Tx) error {
		for what, counted := range map[string]func(string, int) (int, error){
			"hours": tx.CountHours, "prompts": tx.CountPrompts, "queues": tx.CountQueues,
		} {
			n, err := counted(instanceID, 9)
			w.is(what, n, 3)
			w.is(what, err, nil)
		}
		h, err := tx.HoursOfInstance(instanceID, "", 9)
		w.is("hours in a transaction", len(h), 3)
		w.is("hours in a transaction", err, nil)
		q, err := tx.Queues(instanceID, "", 9)
		w.is("queues in a transaction", len(q), 3)
		tx.DeleteHours("1")
		tx.DeletePrompt("1")
		tx.DeleteQueue("1")
		return err
	})
	hours, prompts, queues = ids()
	w.is("hours left", hours, []string{"2"})
	w.is("prompts left", prompts, []string{"2"})
	w.is("queues left", queues, []string{"0", "2"})
}

func viewsOfAnInstance(w *world) {
	names := []string{"b", "Ä", "a", "B", "10", "9"}
	w.update(store.Key{}, func(tx *store.Tx) error {
		for i, name := range names {
			tx.PutView(&store.View{ID: strconv.Itoa(i), InstanceID: instanceID, Name: name})
		}
		tx.PutView(&store.View{ID: "other", InstanceID: "another", Name: "x"})
		tx.PutViewContent(&store.ViewContent{ViewID: "0", Number: 1, Template: "{}"})
		return nil
	})
	var listed []string
	for after := ""; ; {
		views, err := w.nodes[0].Views(w.Context(), instanceID, after, 4)
		if err != nil {
			w.Fatal(err)
		}
		if len(views) == 0 {
			break
		}
		for _, v := range views {
			listed = append(listed, v.Name)
			after = v.Name
		}
	}
	w.is("views", listed, slices.Sorted(slices.Values(names)))
	w.update(store.Key{}, func(tx *store.Tx) error {
		n, err := tx.CountViews(instanceID, 4)
		w.is("views up to four", n, 4)
		tx.DeleteView("0")
		return err
	})
	_, err := w.nodes[0].View(w.Context(), "0")
	w.fails("deleted view", err, store.ErrNotFound)
	content, err := w.nodes[0].ViewContent(w.Context(), "0", 1)
	if err != nil || content.Template != "{}" {
		w.Errorf("content of a deleted view: %v, %v", content, err)
	}
}

func modulesOfAnInstance(w *world) {
	w.update(store.Key{}, func(tx *store.Tx) error {
		for _, id := range []string{"b", "a", "c"} {
			tx.PutModule(&store.Module{ID: id, InstanceID: instanceID, Name: id})
		}
		tx.PutModule(&store.Module{ID: "other", InstanceID: "another", Name: "x"})
		tx.PutModuleContent(&store.ModuleContent{ModuleID: "a", Number: 1, Content: "{}"})
		return nil
	})
	var listed []string
	for _, after := range []string{"", "b"} {
		modules, err := w.nodes[0].Modules(w.Context(), instanceID, after, 2)
		if err != nil {
			w.Fatal(err)
		}
		for _, m := range modules {
			listed = append(listed, m.ID)
		}
	}
	w.is("modules", listed, []string{"a", "b", "c"})
	w.update(store.Key{}, func(tx *store.Tx) error {
		n, err := tx.CountModules(instanceID, 2)
		w.is("modules up to two", n, 2)
		tx.DeleteModule("a")
		return err
	})
	_, err := w.nodes[0].Module(w.Context(), "a")
	w.fails("deleted module", err, store.ErrNotFound)
	content, err := w.nodes[0].ModuleContent(w.Context(), "a", 1)
	if err != nil || content.Content != "{}" {
		w.Errorf("content of a deleted module: %v, %v", content, err)
	}
}

func deletedFlowLeavesVersions(w *world) {
	w.update(store.Key{}, func(tx *store.Tx) error {
		tx.PutFlow(&store.Flow{ID: "f", InstanceID: instanceID, Name: "a"})
		tx.PutFlowVersion(&store.FlowVersion{FlowID: "f", Version: 1, Content: "{}"})
		return nil
	})
	w.update(store.Key{}, func(tx *store.Tx) error {
		tx.DeleteFlow("f")
		return nil
	})
	_, err := w.nodes[0].Flow(w.Context(), "f")
	w.fails("deleted flow", err, store.ErrNotFound)
	v, err := w.nodes[0].FlowVersion(w.Context(), "f", 1)
	if err != nil || v.Content != "{}" {
		w.Errorf("version of a deleted flow: %v, %v", v, err)
	}
}

// listsAreInByteOrder pages through ids that a database sorts otherwise when it goes by a language.
func listsAreInByteOrder(w *world) {
	ids := []string{"B", "a", "_", "A-1", "a-1", "Aa", "b", "ä", "10", "9"}
	w.update(store.Key{}, func(tx *store.Tx) error {
		for i, id := range ids {
			tx.PutFlow(&store.Flow{ID: id, InstanceID: instanceID, Name: id, Type: "T" + strconv.Itoa(i%3)})
			tx.PutQueue(&store.Queue{ID: id, InstanceID: instanceID, Name: id})
			tx.PutInstance(&store.Instance{ID: id})
		}
		tx.PutFlow(&store.Flow{ID: "other", InstanceID: "another", Name: "x"})
		tx.PutQueue(&store.Queue{ID: "other", InstanceID: "another", Name: "x"})
		return nil
	})
	pages := func(read func(after string) []string) (all []string) {
		for after := ""; ; after = all[len(all)-1] {
			page := read(after)
			if len(page) == 0 {
				return all
			}
			all = append(all, page...)
		}
	}
	sorted := slices.Sorted(slices.Values(ids))
	flows := func(types ...string) []string {
		return pages(func(after string) (page []string) {
			flows, err := w.nodes[0].Flows(w.Context(), instanceID, types, after, 3)
			if err != nil {
				w.Fatal(err)
			}
			for _, f := range flows {
				page = append(page, f.ID)
			}
			return page
		})
	}
	w.is("flows", flows(), sorted)
	w.is("flows of two types", flows("T0", "T2"), slices.DeleteFunc(slices.Clone(sorted), func(id string) bool {
		return slices.Index(ids, id)%3 == 1
	}))
	w.is("flows of no type", len(flows("T9")), 0)
	w.is("queues", pages(func(after string) (page []string) {
		queues, err := w.nodes[0].Queues(w.Context(), instanceID, after, 3)
		if err != nil {
			w.Fatal(err)
		}
		for _, q := range queues {
			page = append(page, q.ID)
		}
		return page
	}), sorted)
	w.is("instances", pages(func(after string) (page []string) {
		instances, err := w.nodes[0].Instances(w.Context(), after, 3)
		if err != nil {
			w.Fatal(err)
		}
		for _, in := range instances {
			page = append(page, in.ID)
		}
		return page
	}), slices.Sorted(slices.Values(append(slices.Clone(ids), instanceID))))
}

func itemsPage(w *world) {
	id, num := w.chat()
	for i := 1; i <= 7; i++ {
		w.update(store.Key{Chat: id}, func(tx *store.Tx) error {
			it := &store.Item{ID: strconv.Itoa(i), ContactID: strconv.Itoa(i % 2)}
			tx.Append(tx.Chat(), it)
			return nil
		})
	}
	for _, tt := range []struct {
		query store.ItemQuery
		want  string
	}{
		{store.ItemQuery{}, "1 2 3 4 5 6 7"},
		{store.ItemQuery{Limit: 3}, "1 2 3"},
		{store.ItemQuery{After: 3}, "4 5 6 7"},
		{store.ItemQuery{After: 3, Limit: 2}, "4 5"},
		{store.ItemQuery{Before: 3}, "1 2"},
		{store.ItemQuery{After: 2, Before: 6}, "3 4 5"},
		{store.ItemQuery{After: 7}, ""},
		{store.ItemQuery{Backward: true}, "7 6 5 4 3 2 1"},
		{store.ItemQuery{Backward: true, Limit: 3}, "7 6 5"},
		{store.ItemQuery{Backward: true, Before: 5, Limit: 3}, "4 3 2"},
		{store.ItemQuery{Backward: true, After: 2, Before: 5}, "4 3"},
		{store.ItemQuery{Backward: true, Before: 1}, ""},
		{store.ItemQuery{ContactID: "0"}, "2 4 6"},
		{store.ItemQuery{ContactID: "0", Backward: true, Before: 6, Limit: 9}, "4 2"},
		{store.ItemQuery{ContactID: "9"}, ""},
	} {
		items, err := w.nodes[0].Items(w.Context(), num, tt.query)
		if err != nil {
			w.Fatalf("%+v: %v", tt.query, err)
		}
		var got []string
		for _, it := range items {
			got = append(got, it.ID)
		}
		w.is(fmt.Sprintf("%+v", tt.query), strings.Join(got, " "), tt.want)
	}
	it, err := w.nodes[0].ItemByID(w.Context(), num, "5")
	if err != nil || it.Seq != 5 {
		w.Errorf("item 5: %v, %v", it, err)
	}
	_, other := w.chat()
	_, err = w.nodes[0].ItemByID(w.Context(), other, "5")
	w.fails("item of another chat", err, store.ErrNotFound)
}

func itemNear(w *world) {
	id, num := w.chat()
	for range 5 { // at 10, 20, … 50 ms
		w.now.Add(10)
		w.update(store.Key{Chat: id}, saying("x"))
	}
	for at := int64(5); at <= 60; at += 5 {
		for _, backward := range []bool{false, true} {
			want := min((at+9)/10, 6) // oldest at or after; 6 is none
			if backward {
				want = min(at/10, 5) // newest at or before; 0 is none
			}
			it, err := w.nodes[0].ItemNear(w.Context(), num, time.UnixMilli(startOfTime+at), backward)
			what := fmt.Sprintf("near %d ms, backward %v", at, backward)
			if want == 0 || want == 6 {
				w.fails(what, err, store.ErrNotFound)
				continue
			}
			if err != nil {
				w.Errorf("%s: %v", what, err)
				continue
			}
			w.is(what, it.Seq, want)
		}
	}
	_, empty := w.chat()
	_, err := w.nodes[0].ItemNear(w.Context(), empty, w.clock(), true)
	w.fails("in a chat without items", err, store.ErrNotFound)
}

func flowLogPages(w *world) {
	for i := range 5 {
		w.update(store.Key{}, func(tx *store.Tx) error {
			tx.AppendFlowLog("other", 1, []byte("x"))
			tx.AppendFlowLog("c", int64(i), []byte(strconv.Itoa(i)))
			return nil
		})
	}
	var got string
	for after := int64(0); ; {
		lines, err := w.nodes[0].FlowLog(w.Context(), "c", after, 2)
		if err != nil {
			w.Fatal(err)
		}
		if len(lines) == 0 {
			break
		}
		for _, l := range lines {
			got += string(l.Line)
			after = l.ID
		}
	}
	w.is("lines", got, "01234")
}

func unknownRows(w *world) {
	ctx, s := w.Context(), w.nodes[0]
	_, err := s.Chat(ctx, "no")
	w.fails("Chat", err, store.ErrNotFound)
	_, err = s.Contact(ctx, "no")
	w.fails("Contact", err, store.ErrNotFound)
	_, err = s.Instance(ctx, "no")
	w.fails("Instance", err, store.ErrNotFound)
	_, err = s.Queue(ctx, "no")
	w.fails("Queue", err, store.ErrNotFound)
	_, err = s.FlowVersion(ctx, "no", 1)
	w.fails("FlowVersion", err, store.ErrNotFound)
	items, err := s.Items(ctx, 99, store.ItemQuery{})
	w.is("items of no chat", []any{len(items), err}, []any{0, nil})
	w.update(store.Key{Chat: "no", Token: []byte("t")}, func(tx *store.Tx) error {
		w.is("Chat", tx.Chat(), (*store.Chat)(nil))
		w.is("Contact", tx.Contact(), (*store.Contact)(nil))
		w.is("Replay", tx.Replay(), (*store.Item)(nil))
		_, err := tx.Flow("no")
		w.fails("Tx.Flow", err, store.ErrNotFound)
		_, err = tx.Job("no", "no")
		w.fails("Tx.Job", err, store.ErrNotFound)
		return nil
	})
}

func newerSchemaIsRefused(w *world) {
	for _, s := range w.nodes {
		if err := s.Close(); err != nil {
			w.Fatal(err)
		}
	}
	w.exec("insert into schema_version values (9999)")
	s, err := store.Open(w.Context(), w.dsn, store.Options{})
	if err == nil {
		s.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "newer") || !strings.Contains(err.Error(), "9999") {
		w.Errorf("opening a database of a newer version: %v", err)
	}
}

// exec runs a statement behind the store's back.
func (w *world) exec(text string) {
	w.Helper()
	if path, ok := strings.CutPrefix(w.dsn, "sqlite:"); ok {
		db, err := sql.Open("sqlite", "file:"+path)
		if err != nil {
			w.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(text); err != nil {
			w.Fatal(err)
		}
		return
	}
	conn, err := pgx.Connect(w.Context(), w.dsn)
	if err != nil {
		w.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(w.Context(), text); err != nil {
		w.Fatal(err)
	}
}
