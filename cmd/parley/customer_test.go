//go:build unix

package main

import (
	"archive/tar"
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/server"
	"github.com/openparley/parley/internal/store/storetest"
)

// secretText is in everything that the customer of these tests says.
const secretText = "kunigunde-4711"

// site is a server for customers with chats, and the folder it runs in.
type site struct {
	*program
	t        *testing.T
	more     []string // of the environment
	dir, url string
	files    string // folder of the buckets
	database string
	instance *string
	ready    server.Ready
	flow     *string
}

const siteKeys = `[{access_key_id: shop, secret_access_key: shop}, {access_key_id: office, secret_access_key: office, operator: true}]`

func newSite(t *testing.T, e storetest.Engine, env ...string) *site {
	t.Helper()
	dsn := storetest.DSN(t, e)
	s := &site{t: t, more: env, dir: t.TempDir(), database: dsn}
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		s.dir = filepath.Dir(path)
	}
	s.files = filepath.Join(s.dir, "files")
	s.start()
	s.ready = server.Ready{Endpoint: s.url, Region: "us-east-1", AccessKeyId: "shop", SecretAccessKey: "shop"}
	instances, err := client(s.ready).ListInstances(t.Context(), &connect.ListInstancesInput{})
	if err != nil {
		t.Fatal(err)
	}
	s.instance = instances.InstanceSummaryList[0].Id
	flows, err := client(s.ready).ListContactFlows(t.Context(), &connect.ListContactFlowsInput{InstanceId: s.instance})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range flows.ContactFlowSummaryList {
		if *f.Name == "Welcome" {
			s.flow = f.Id
		}
	}
	return s
}

func (s *site) env() []string {
	return append(append(environ(), s.more...), "PARLEY_CREDENTIALS="+siteKeys, "PARLEY_DATABASE="+s.database, "PARLEY_STORAGE_FOLDER="+s.files)
}

func (s *site) start() {
	s.t.Helper()
	s.program = startWith(s.t, &exec.Cmd{
		Path: binary, Args: []string{binary, "serve", "--listen", "127.0.0.1:0"}, Env: s.env(), Dir: s.dir,
	})
	s.url, _ = s.serving(0)
	for _, v := range s.more {
		if base, ok := strings.CutPrefix(v, "PARLEY_BASE_PATH="); ok {
			s.url += base
		}
	}
}

// chat has a customer say something, and ends the chat unless it shall live.
func (s *site) chat(customer, says string, lives bool) string {
	s.t.Helper()
	ctx := s.t.Context()
	out, err := client(s.ready).StartChatContact(ctx, &connect.StartChatContactInput{
		InstanceId: s.instance, ContactFlowId: s.flow, CustomerId: &customer, ClientToken: new(says + rand.Text()),
		ParticipantDetails: &types.ParticipantDetails{DisplayName: new("Ana " + says)}, Attributes: map[string]string{"note": says, "b": "1", "a": "2"},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	p := participant.New(participant.Options{BaseEndpoint: &s.url})
	conn, err := p.CreateParticipantConnection(ctx, &participant.CreateParticipantConnectionInput{
		ParticipantToken: out.ParticipantToken, Type: []ptypes.ConnectionType{ptypes.ConnectionTypeConnectionCredentials},
		ConnectParticipant: new(true),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	for range 3 {
		if _, err := p.SendMessage(ctx, &participant.SendMessageInput{
			ConnectionToken: conn.ConnectionCredentials.ConnectionToken, ContentType: new("text/plain"), Content: new("I say " + says),
		}); err != nil {
			s.t.Fatal(err)
		}
	}
	s.attach(p, conn.ConnectionCredentials.ConnectionToken, says)
	if !lives {
		if _, err := client(s.ready).StopContact(ctx, &connect.StopContactInput{InstanceId: s.instance, ContactId: out.ContactId}); err != nil {
			s.t.Fatal(err)
		}
	}
	return *out.ContactId
}

// attach sends a file.
func (s *site) attach(p *participant.Client, token *string, says string) {
	s.t.Helper()
	content := "attached " + says
	out, err := p.StartAttachmentUpload(s.t.Context(), &participant.StartAttachmentUploadInput{
		ConnectionToken: token, AttachmentName: new(says + ".txt"), ContentType: new("text/plain"), AttachmentSizeInBytes: new(int64(len(content))),
		ClientToken: new(says),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPut, *out.UploadMetadata.Url, strings.NewReader(content))
	if err != nil {
		s.t.Fatal(err)
	}
	for name, value := range out.UploadMetadata.HeadersToInclude {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		s.t.Fatal(resp.Status)
	}
	if _, err := p.CompleteAttachmentUpload(s.t.Context(), &participant.CompleteAttachmentUploadInput{
		ConnectionToken: token, AttachmentIds: []string{*out.AttachmentId}, ClientToken: new(says),
	}); err != nil {
		s.t.Fatal(err)
	}
}

// transcribed waits until there are as many transcripts.
func (s *site) transcribed(n int) {
	s.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		found := 0
		for name := range tree(s.t, s.files) {
			if strings.Contains(name, "/ChatTranscripts/") && !strings.HasPrefix(name, ".") {
				found++
			}
		}
		if found == n {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("%d transcripts, want %d", found, n)
		}
	}
}

// run runs a command of parley beside the server, on its database.
func (s *site) run(want int, args ...string) (stdout, stderr string) {
	s.t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env, cmd.Dir = s.env(), s.dir
	p := startWith(s.t, cmd)
	if code := p.exitCode(); code != want {
		s.t.Fatalf("parley %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, p.stdout.String(), p.stderr.String())
	}
	return p.stdout.String(), p.stderr.String()
}

// tree reads all files below a folder, but for those that are moved or deleted meanwhile.
func tree(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		name, _ := filepath.Rel(folder, path)
		all[filepath.ToSlash(name)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func untar(t *testing.T, archive string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for r := tar.NewReader(strings.NewReader(archive)); ; {
		h, err := r.Next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[h.Name] = string(b)
	}
}

// ways are how the commands reach the chats: on the database, through the server while it runs, or on the database beside it.
func ways(t *testing.T, test func(t *testing.T, s *site, flags ...string), env ...string) {
	for name, way := range map[string]struct {
		engine storetest.Engine
		beside bool
		server bool
	}{
		"sqlite": {storetest.SQLite, false, false}, "sqlite, server": {storetest.SQLite, true, true},
		"postgres": {storetest.Postgres, true, false}, "postgres, server": {storetest.Postgres, true, true},
	} {
		if !slices.Contains(storetest.All(), way.engine) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, way.engine, env...)
			switch {
			case way.server:
				test(t, s, "--server", s.url)
			case way.beside:
				test(t, s)
			default:
				test(t, s, "stopped")
			}
		})
	}
}

func TestExportAndErase(t *testing.T) {
	ways(t, func(t *testing.T, s *site, flags ...string) {
		first, second := s.chat("kim", secretText+"-1", false), s.chat("kim", secretText+"-2", true)
		other := s.chat("lou", "hello", false)
		s.transcribed(2)
		if flags != nil && flags[0] == "stopped" {
			s.stop()
			flags = nil
		}
		with := func(args ...string) []string { return append(args, flags...) }

		out, _ := s.run(0, with("erase", "--customer", "kim", "--dry-run")...)
		if !strings.Contains(out, "2 chats, 1 of them live") || !strings.Contains(out, " 2 attachments") || !strings.Contains(out, " 3 files") {
			t.Errorf("a dry run says\n%s", out)
		}
		folder := filepath.Join(t.TempDir(), "deep", "kim")
		if _, said := s.run(0, with("export", "--customer", "kim", "--dry-run")...); !strings.Contains(said, "2 chats") {
			t.Errorf("a dry run says\n%s", said)
		}
		if _, err := os.Stat(folder); err == nil {
			t.Error("a dry run wrote something")
		}
		s.run(0, with("export", "--customer", "kim", "--to", folder)...)
		got := tree(t, folder)
		var names []string
		for name, content := range got {
			if strings.Contains(name, "/attachments/") {
				name = path.Dir(name) + "/" + path.Ext(name)
				if !strings.HasPrefix(content, "attached "+secretText) {
					t.Errorf("%s holds %q", name, content)
				}
			}
			names = append(names, name)
		}
		slices.Sort(names)
		var want []string
		for _, id := range []string{first, second} {
			want = append(want, "chats/"+id+"/attachments/.txt", "chats/"+id+"/chat.json")
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, names); diff != "" {
			t.Errorf("files (-want +got):\n%s", diff)
		}
		checkExport(t, got["chats/"+first+"/chat.json"], first, secretText+"-1")

		s.run(0, with("export", "--customer", "kim", "--to", folder)...)
		if diff := cmp.Diff(got, tree(t, folder)); diff != "" {
			t.Errorf("exported again (-first +second):\n%s", diff)
		}
		archive, _ := s.run(0, with("export", "--customer", "kim", "--to", "-")...)
		if diff := cmp.Diff(got, untar(t, archive)); diff != "" {
			t.Errorf("archive (-folder +archive):\n%s", diff)
		}

		_, said := s.run(3, with("erase", "--customer", "kim", "--yes")...)
		if !strings.Contains(said, second+" lives") {
			t.Errorf("a chat that lives is refused with\n%s", said)
		}
		_, said = s.run(3, with("erase", "--customer", "kim", "--end")...)
		if !strings.Contains(said, "Type yes") {
			t.Errorf("nobody is asked:\n%s", said)
		}
		s.run(0, with("erase", "--contact", first, "--yes")...)
		out, _ = s.run(0, with("erase", "--customer", "kim", "--yes", "--end")...)
		if !strings.Contains(out, "\n1 chats are erased") {
			t.Errorf("the end says\n%s", out)
		}
		out, _ = s.run(0, with("erase", "--customer", "kim", "--yes", "--end")...)
		if !strings.Contains(out, "0 chats, 0 of them live") {
			t.Errorf("afterwards there are\n%s", out)
		}
		archive, _ = s.run(0, with("export", "--contact", other, "--to", "-")...)
		checkExport(t, untar(t, archive)["chats/"+other+"/chat.json"], other, "hello")
		for name, content := range tree(t, s.dir) { // the database as well, if it is SQLite
			if strings.Contains(content, secretText) {
				t.Errorf("%s still holds what the customer said", name)
			}
		}
		if got := len(tree(t, s.files)); got != 2 {
			t.Errorf("%d files are left in buckets, want the attachment and the transcript of the other customer", got)
		}
	})
}

// checkExport looks for what was said in a chat.
func checkExport(t *testing.T, text, id, says string) {
	t.Helper()
	var doc struct {
		ContactId string
		Contacts  []struct {
			Id         string
			Attributes map[string]string
		}
		Transcript []struct{ Type, Content, DisplayName string }
		Records    []struct{ ContactId, Channel string }
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	if doc.ContactId != id || len(doc.Contacts) != 1 || doc.Contacts[0].Id != id || doc.Contacts[0].Attributes["note"] != says {
		t.Errorf("contacts of %s: %+v", id, doc.Contacts)
	}
	if len(doc.Records) != 1 || doc.Records[0].ContactId != id || doc.Records[0].Channel != "CHAT" {
		t.Errorf("records of %s: %+v", id, doc.Records)
	}
	said := 0
	for _, it := range doc.Transcript {
		if it.Content == "I say "+says && it.DisplayName == "Ana "+says {
			said++
		}
	}
	if said != 3 {
		t.Errorf("the customer said it %d times, want 3:\n%s", said, text)
	}
	var again bytes.Buffer
	if err := json.Indent(&again, []byte(text), "", "  "); err != nil || again.String() != text {
		t.Errorf("not written for reading: %v", err)
	}
}

// A server below a base path hands out its files too.
func TestExportBelowABasePath(t *testing.T) {
	s := newSite(t, storetest.SQLite, "PARLEY_BASE_PATH=/connect")
	s.chat("kim", secretText, false)
	out, _ := s.run(0, "export", "--customer", "kim", "--to", "-", "--server", s.url)
	for name, content := range untar(t, out) {
		if strings.Contains(name, "/attachments/") && content == "attached "+secretText {
			return
		}
	}
	t.Errorf("no attachment was exported:\n%s", out)
}

// A SQLite file has one owner: who finds the server there is told what to do.
func TestEraseBesideASQLiteServer(t *testing.T) {
	s := newSite(t, storetest.SQLite)
	_, said := s.run(1, "erase", "--customer", "kim", "--yes")
	for _, want := range []string{"in use by another process", "--server http://", "operator: true"} {
		if !strings.Contains(said, want) {
			t.Errorf("stderr lacks %q:\n%s", want, said)
		}
	}
}

// erase can be told so by a person.
func TestEraseAsks(t *testing.T) {
	s := newSite(t, storetest.SQLite)
	for answer, want := range map[string]int{"yes\n": 0, "y\n": 3, "": 3} {
		id := s.chat("kim", "hello", false)
		cmd := exec.Command(binary, "erase", "--contact", id, "--server", s.url)
		cmd.Env, cmd.Dir, cmd.Stdin = s.env(), s.dir, strings.NewReader(answer)
		if code := startWith(t, cmd).exitCode(); code != want {
			t.Errorf("%q: exit code %d, want %d", answer, code, want)
		}
	}
}

func TestKeptFailures(t *testing.T) {
	s := newSite(t, storetest.SQLite)
	for _, tt := range []struct {
		code int
		args []string
		says string
	}{
		{2, []string{"erase", "--yes"}, "--customer"},
		{2, []string{"export", "--customer", "kim"}, "--to"},
		{2, []string{"erase", "--customer", "kim", "--contact", "x"}, "together"},
		{1, []string{"erase", "--customer", "kim", "--database", "sqlite:none.db"}, "there is no database none.db"},
		{1, []string{"erase", "--customer", "kim", "--server", "127.0.0.1"}, "is not like http://"},
		{1, []string{"erase", "--customer", "kim", "--server", s.url, "--instance", "none"}, "ResourceNotFoundException"},
		{1, []string{"export", "--customer", "kim", "--server", "http://127.0.0.1:1", "--to", "x"}, "refused"},
	} {
		if _, said := s.run(tt.code, tt.args...); !strings.Contains(said, tt.says) {
			t.Errorf("%s: stderr lacks %q:\n%s", strings.Join(tt.args, " "), tt.says, said)
		}
	}
	cmd := exec.Command(binary, "erase", "--customer", "kim", "--server", s.url)
	cmd.Env = append(environ(), "AWS_ACCESS_KEY_ID=shop", "AWS_SECRET_ACCESS_KEY=shop")
	p := startWith(t, cmd)
	if code := p.exitCode(); code != 1 || !strings.Contains(p.stderr.String(), "AccessDenied") {
		t.Errorf("with the key of a website: exit code %d\n%s", code, p.stderr.String())
	}
}

func TestProgress(t *testing.T) {
	var b bytes.Buffer
	p := &progress{&b, "erased", "chats", time.Now().Add(time.Hour)}
	p.tell(1, 10)
	p.next = time.Now().Add(-time.Second)
	p.tell(2, 10)
	p.tell(3, 10)
	if b.String() != "erased: 2 of 10 chats\n" {
		t.Errorf("progress %q", b.String())
	}
}
