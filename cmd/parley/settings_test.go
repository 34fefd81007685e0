package main

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/internal/server"
)

// everySetting is the example of docs/configure.md in short.
const everySetting = `
listen: 0.0.0.0:8080
admin_listen: 127.0.0.1:9090
tls: {cert: a.pem, key: b.pem}
database: postgres://parley@db/parley
nats: nats://nats:4222
cluster: east
instance: shop
region: eu-west-2
account: "123456789012"
public_url: https://chat.example.org
base_path: /connect
trust_proxy: true
cors_origins: [https://www.example.org]
credentials:
  - access_key_id: WEBSITE
    secret_access_key: secret
    operator: true
quotas:
  profile: aws
  active_chats: 2000
  operations:
    SendMessage: {rate: 0.5, burst: 20, hold: 2s}
public_chats:
  flows: [one, two]
  origins: [https://www.example.org]
  continue: true
  rate: {rate: 2, burst: 3}
retention:
  transcripts_days: 90
  attachments_days: 30
  records_days: 400
  instances:
    shop: {transcripts_days: 7}
log_level: warn
shutdown_delay: 5s
`

func TestSettingsOfAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "parley.yaml")
	write(t, file, everySetting)
	got, err := readSettings(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := settings{
		Listen: "0.0.0.0:8080", AdminListen: "127.0.0.1:9090", LogLevel: slog.LevelWarn, ShutdownDelay: 5 * time.Second,
		Config: server.Config{
			Database: "postgres://parley@db/parley", NATS: "nats://nats:4222", Cluster: "east", Instance: "shop",
			Region: "eu-west-2", Account: "123456789012", PublicURL: "https://chat.example.org", BasePath: "/connect", TrustProxy: true,
			CORSOrigins: []string{"https://www.example.org"},
			Credentials: []server.Credential{{AccessKeyID: "WEBSITE", SecretAccessKey: "secret", Operator: true}},
			Quotas: server.Quotas{
				Profile: "aws", ActiveChats: new(2000),
				Operations: map[string]server.Rate{"SendMessage": {PerSecond: 0.5, Burst: 20, Hold: 2 * time.Second}},
			},
			PublicChats: server.PublicChats{
				Flows: []string{"one", "two"}, Origins: []string{"https://www.example.org"}, Continue: true, Rate: server.Rate{PerSecond: 2, Burst: 3},
			},
			Retention: server.Retention{
				RetentionDays: server.RetentionDays{Transcripts: new(90), Attachments: new(30), Records: new(400)},
				Instances:     map[string]server.RetentionDays{"shop": {Transcripts: new(7)}},
			},
		},
	}
	want.TLS.Cert, want.TLS.Key = "a.pem", "b.pem"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

func TestEnvironmentGoesBeforeTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "parley.yaml")
	write(t, file, everySetting)
	got, err := readSettings(file, []string{
		"HOME=/root", "PARLEY_LISTEN=127.0.0.1:1", "PARLEY_TLS_CERT=c.pem", "PARLEY_TRUST_PROXY=false", "PARLEY_ACCOUNT=000000000001",
		"PARLEY_CORS_ORIGINS=[https://a.example, https://b.example]", "PARLEY_QUOTAS_ACTIVE_CHATS=7", "PARLEY_QUOTAS_PROFILE=off",
		"PARLEY_RETENTION_RECORDS_DAYS=0", "PARLEY_QUOTAS_OPERATIONS={SendEvent: {rate: 3}}", "PARLEY_LOG_LEVEL=debug", "PARLEY_SHUTDOWN_DELAY=1m30s",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"listen": "127.0.0.1:1", "cert": "c.pem", "key": "b.pem", "trust": false, "account": "000000000001",
		"origins": []string{"https://a.example", "https://b.example"}, "chats": 7, "profile": "off",
		"event": server.Rate{PerSecond: 3}, "level": slog.LevelDebug, "delay": 90 * time.Second, "records": 0, "database": "postgres://parley@db/parley",
	}
	if diff := cmp.Diff(want, map[string]any{
		"listen": got.Listen, "cert": got.TLS.Cert, "key": got.TLS.Key, "trust": got.TrustProxy, "account": got.Account,
		"origins": got.CORSOrigins, "chats": *got.Quotas.ActiveChats, "profile": got.Quotas.Profile,
		"event": got.Quotas.Operations["SendEvent"], "level": got.LogLevel, "delay": got.ShutdownDelay, "records": *got.Retention.Records, "database": got.Database,
	}); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

// Neighbours of what is wrong may be secrets.
func TestMistakesDoNotShowSecrets(t *testing.T) {
	for _, text := range []string{
		"credentials:\n- access_key_id: a\n  secret_access_key: hidden\nlistn: x\n",
		"credentials:\n- access_key_id: a\n  secret_access_key: hidden\n  secret_access_key: hidden\n",
		"credentials:\n- access_key_id: a\n  secret_access_key: \"hidden\n",
		"credentials:\n- access_key_id: a\n  secret_access_key: [hidden]\n",
		"credentials:\n- access_key_id: a\n  secret_access_key: *hidden\n",
		"credentials:\n- access_key_id: a\n  secret_access_key: x: hidden\n",
		"credentials: hidden\n", "database: postgres://x:hidden@db\nshutdown_delay: 5\n",
	} {
		file := filepath.Join(t.TempDir(), "parley.yaml")
		write(t, file, text)
		_, err := readSettings(file, nil)
		if err == nil || strings.Contains(err.Error(), "hidden") || !strings.Contains(err.Error(), "line ") {
			t.Errorf("%q: error %v, want one with a place and without the secret", text, err)
		}
		if value, ok := strings.CutPrefix(text, "credentials:"); ok {
			if _, err = readSettings("", []string{"PARLEY_CREDENTIALS=" + value}); err == nil || strings.Contains(err.Error(), "hidden") {
				t.Errorf("PARLEY_CREDENTIALS=%q: error %v, want one without the secret", value, err)
			}
		}
	}
}

func TestSettingsThatCanNotBe(t *testing.T) {
	for want, env := range map[string]string{
		"listen: \"70000\" is not a port": "PARLEY_LISTEN=127.0.0.1:70000",
		"admin_listen: \"9090\" is not":   "PARLEY_ADMIN_LISTEN=9090",
		"shutdown_delay: -5s":             "PARLEY_SHUTDOWN_DELAY=-5s",
	} {
		if _, err := (&serveCommand{}).settings([]string{env}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", env, err, want)
		}
	}
}

func TestFlagsGoBeforeTheEnvironment(t *testing.T) {
	s, err := (&serveCommand{Listen: "127.0.0.1:2"}).settings([]string{"PARLEY_LISTEN=127.0.0.1:1", "PARLEY_DATABASE=sqlite:env.db"})
	if err != nil {
		t.Fatal(err)
	}
	if s.Listen != "127.0.0.1:2" || s.Database != "sqlite:env.db" {
		t.Errorf("listen %s, database %s", s.Listen, s.Database)
	}
}

func TestSettingsWithoutMeaning(t *testing.T) {
	for _, tt := range []struct {
		file string
		env  []string
		want string
	}{
		{"listn: x\n", nil, `"listn"`},
		{"quotas: {profil: x}\n", nil, `"profil"`},
		{"shutdown_delay: soon\n", nil, "soon"},
		{"shutdown_delay: 5\n", nil, "write 5s"},
		{"shutdown_delay: [x]\n", nil, "such as 5s"},
		{"trust_proxy: 7\n", nil, "line 1, column 14: the value should be of type bool"},
		{"log_level: info\n---\nlog_level: warn\n", nil, "second document"},
		{"", []string{"PARLEY_LISTN=x"}, "PARLEY_LISTN"},
		{"", []string{"PARLEY_QUOTAS_ACTIVE_CHATS=many"}, "PARLEY_QUOTAS_ACTIVE_CHATS"},
		{"", []string{"PARLEY_DEV=x"}, "PARLEY_DEV"},
		{"", []string{"PARLEY_TRUST_PROXY=perhaps"}, "PARLEY_TRUST_PROXY"},
	} {
		file := filepath.Join(t.TempDir(), "parley.yaml")
		write(t, file, tt.file)
		if _, err := readSettings(file, tt.env); err == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(tt.want)) {
			t.Errorf("%q %q: error %v, want one with %s", tt.file, tt.env, err, tt.want)
		}
	}
}
