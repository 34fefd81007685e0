package server

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/internal/retention"
	"github.com/openparley/parley/internal/store"
)

func TestRetentionSettings(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   Retention
		want string // of the error
	}{
		{"nothing", Retention{}, ""},
		{"as long as records", Retention{RetentionDays: RetentionDays{new(730), new(730), nil}}, ""},
		{"for ever", Retention{RetentionDays: RetentionDays{new(3000), new(4000), new(0)}}, ""},
		{"longer than records", Retention{RetentionDays: RetentionDays{Transcripts: new(731)}}, "retention.transcripts_days: 731"},
		{"attachments", Retention{RetentionDays: RetentionDays{Attachments: new(11), Records: new(10)}}, "retention.attachments_days: 11"},
		{"negative", Retention{RetentionDays: RetentionDays{Records: new(-1)}}, "retention.records_days: -1"},
		{"too long", Retention{RetentionDays: RetentionDays{Records: new(36501)}}, "retention.records_days: 36501"},
		{
			"an instance against all", Retention{
				RetentionDays: RetentionDays{Transcripts: new(100)}, Instances: map[string]RetentionDays{"shop": {Records: new(50)}},
			}, "retention.instances.shop.transcripts_days: 100",
		},
	} {
		err := Config{Retention: tt.in}.Check()
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestRetentionOfAnInstance(t *testing.T) {
	r := Retention{
		RetentionDays: RetentionDays{Transcripts: new(90)},
		Instances:     map[string]RetentionDays{"shop": {Attachments: new(5)}, "id-2": {Transcripts: new(0), Records: new(0)}},
	}
	for _, tt := range []struct {
		in   store.Instance
		want retention.Days
	}{
		{store.Instance{ID: "id-1"}, retention.Days{Transcripts: 90, Records: 730}},
		{store.Instance{ID: "id-1", Alias: "shop"}, retention.Days{Transcripts: 90, Attachments: 5, Records: 730}},
		{store.Instance{ID: "id-2", Alias: "shop"}, retention.Days{}},
	} {
		if diff := cmp.Diff(tt.want, r.of(&tt.in)); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", tt.in, diff)
		}
	}
}

// A server lets go of a chat after its days by itself.
func TestRetention(t *testing.T) {
	w := open(t, func(c *Config) { c.Retention = Retention{RetentionDays: RetentionDays{Records: new(10)}} })
	id := w.startChat().contact
	describe := func() int {
		t.Helper()
		return w.send("GET", "/contacts/"+DevInstance+"/"+id, "", "sign", DevAccessKey).status
	}
	for day := range 12 {
		want := http.StatusOK
		if day > 10 { // it ended when nobody had subscribed, and is looked for once a day
			want = http.StatusNotFound
		}
		if got := describe(); got != want {
			t.Errorf("day %d: %d, want %d", day, got, want)
		}
		if err := w.Advance(t.Context(), 24*time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	if r := w.send("GET", "/metrics", ""); !strings.Contains(r.body, "\nparley_retention_records_total 1\n") {
		t.Errorf("the figures do not tell of it:\n%s", r.body)
	}
}

func TestOperatorsAlone(t *testing.T) {
	w := open(t, func(c *Config) { c.Credentials = []Credential{{AccessKeyID: "WEBSITE", SecretAccessKey: "WEBSITE"}} })
	id := w.startChat().contact
	for path, body := range map[string]string{
		"find": `{"ContactId":"` + id + `"}`, "erase": `{"ContactId":"` + id + `","End":true}`, "export": `{"ContactId":"` + id + `"}`,
		"attachment": `{"AttachmentId":"x"}`,
	} {
		if r := w.send("POST", "/parley/v1/chats/"+path, body); r.status != http.StatusForbidden {
			t.Errorf("%s without a key: %d %s", path, r.status, r.body)
		}
		if r := w.send("POST", "/parley/v1/chats/"+path, body, "sign", "WEBSITE"); r.status != http.StatusForbidden || !strings.Contains(r.body, "operator") {
			t.Errorf("%s with a website's key: %d %s", path, r.status, r.body)
		}
	}
	find := func() string {
		t.Helper()
		r := w.send("POST", "/parley/v1/chats/find", `{"ContactId":"`+id+`"}`, "sign", DevAccessKey)
		if r.status != http.StatusOK {
			t.Fatalf("%d %s", r.status, r.body)
		}
		return r.body
	}
	if got := find(); !strings.Contains(got, id) {
		t.Errorf("found %s", got)
	}
	if r := w.send("POST", "/parley/v1/chats/erase", `{"ContactId":"`+id+`"}`, "sign", DevAccessKey); r.status != http.StatusConflict {
		t.Errorf("erase a chat that lives: %d %s", r.status, r.body)
	}
	if r := w.send("POST", "/parley/v1/chats/erase", `{"ContactId":"`+id+`","End":true}`, "sign", DevAccessKey); r.status != http.StatusOK {
		t.Errorf("end and erase: %d %s", r.status, r.body)
	}
	if got := find(); got != `{"Chats":[]}` {
		t.Errorf("found %s", got)
	}
}
