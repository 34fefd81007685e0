package server

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/blob/blobtest"
	"github.com/openparley/parley/internal/clock"
)

// toS3 has a server keep its files in a real S3 server.
func toS3(t *testing.T) func(*Config) {
	o := blobtest.S3Options(t)
	return func(c *Config) {
		c.Storage.S3 = S3{Endpoint: o.Endpoint, AccessKeyID: blobtest.Key, SecretAccessKey: blobtest.Key, PathStyle: true}
	}
}

// useBucket has the instance keep its attachments in the bucket of blobtest.
func (w *world) useBucket() {
	w.t.Helper()
	kind := types.InstanceStorageResourceTypeAttachments
	list, err := w.connect().ListInstanceStorageConfigs(w.t.Context(), &connect.ListInstanceStorageConfigsInput{
		InstanceId: new(DevInstance), ResourceType: kind,
	})
	if err != nil || len(list.StorageConfigs) != 1 {
		w.t.Fatalf("storage of attachments: %+v, %v", list, err)
	}
	config := list.StorageConfigs[0]
	config.S3Config.BucketName = new(blobtest.Bucket)
	_, err = w.connect().UpdateInstanceStorageConfig(w.t.Context(), &connect.UpdateInstanceStorageConfigInput{
		InstanceId: new(DevInstance), ResourceType: kind, AssociationId: config.AssociationId, StorageConfig: &config,
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) startUpload(chat started, name, contentType string, size int) *participant.StartAttachmentUploadOutput {
	w.t.Helper()
	out, err := w.participant().StartAttachmentUpload(w.t.Context(), &participant.StartAttachmentUploadInput{
		ConnectionToken: &chat.connectionToken, AttachmentName: &name, ContentType: &contentType, AttachmentSizeInBytes: new(int64(size)),
		ClientToken: new(name),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *world) completeUpload(chat started, id string) error {
	_, err := w.participant().CompleteAttachmentUpload(w.t.Context(), &participant.CompleteAttachmentUploadInput{
		ConnectionToken: &chat.connectionToken, AttachmentIds: []string{id}, ClientToken: new("complete"),
	})
	return err
}

func (w *world) getAttachmentURL(chat started, id string) string {
	w.t.Helper()
	out, err := w.participant().GetAttachment(w.t.Context(), &participant.GetAttachmentInput{
		ConnectionToken: &chat.connectionToken, AttachmentId: &id,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return *out.Url
}

// at sends a request to a URL that was handed out, as a page does.
func (w *world) at(method, url string, body io.Reader, headers ...string) reply {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, url, body)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Origin", "https://shop.example")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return w.do(req)
}

func code(err error) string {
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		return e.ErrorCode()
	}
	return ""
}

// A file of 20 MB goes from page to page, over HTTP, in both forms of storage.
func TestChecklist17Attachments(t *testing.T) {
	blobtest.Forms(t, func(t *testing.T, form blobtest.Form) {
		w := open(t, func(c *Config) {
			if form == blobtest.S3 {
				toS3(t)(c)
			}
		})
		if form == blobtest.S3 {
			w.useBucket()
		}
		chat := w.startChat()
		content := "\x89PNG\r\n\x1a\n" + strings.Repeat("0123456789abcdef", 20<<20/16)[:20<<20-8]
		out := w.startUpload(chat, "photo.png", "image/png", len(content))
		url, id := *out.UploadMetadata.Url, *out.AttachmentId
		if got := code(w.completeUpload(chat, id)); got != "ValidationException" {
			t.Errorf("Complete before the PUT: %s", got)
		}
		if r := w.at("PUT", url, strings.NewReader(content), "Content-Type", "image/png"); r.status != http.StatusOK {
			t.Fatalf("PUT: %d %s", r.status, r.body)
		}
		if err := w.completeUpload(chat, id); err != nil {
			t.Fatal(err)
		}
		transcript, err := w.participant().GetTranscript(t.Context(), &participant.GetTranscriptInput{ConnectionToken: &chat.connectionToken})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(transcript.Transcript, func(it ptypes.Item) bool { return it.Type == ptypes.ChatItemTypeAttachment })
		if i < 0 || *transcript.Transcript[i].Attachments[0].AttachmentId != id {
			t.Errorf("the transcript does not show the file")
		}
		r := w.at("GET", w.getAttachmentURL(chat, id), nil)
		if r.status != http.StatusOK || r.body != content || r.header.Get("Content-Disposition") != "attachment; filename=photo.png" {
			t.Errorf("GET: %d, %d bytes, %v", r.status, len(r.body), r.header)
		}
	})
}

// TestObjectsForPages: pages of any origin may put and get files at this server, and read why they may not.
func TestObjectsForPages(t *testing.T) {
	w := open(t)
	chat := w.startChat()
	out := w.startUpload(chat, "note.txt", "text/plain", 5)
	url, id := *out.UploadMetadata.Url, *out.AttachmentId
	if !strings.HasPrefix(url, w.url+"/parley/v1/objects/") {
		t.Errorf("URL %s", url)
	}
	r := w.at("OPTIONS", url, nil, "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "content-type,content-disposition")
	if r.status != http.StatusNoContent || r.header.Get("Access-Control-Allow-Origin") != "*" ||
		r.header.Get("Access-Control-Allow-Headers") != "content-type,content-disposition" {
		t.Errorf("preflight: %d %v", r.status, r.header)
	}
	for _, refused := range []struct{ url, contentType, body string }{
		{strings.Replace(url, "size=5", "size=6", 1), "text/plain", "hello!"},
		{url, "text/html", "hello"},
		{url, "text/plain", strings.Repeat("x", 4<<20)},
	} {
		r := w.at("PUT", refused.url, strings.NewReader(refused.body), "Content-Type", refused.contentType)
		if r.status != http.StatusForbidden || r.header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(r.body, "<Code>SignatureDoesNotMatch") {
			t.Errorf("PUT of %d bytes: %d %s %v", len(refused.body), r.status, r.body, r.header)
		}
	}
	// As a browser does it, and as a client that does not know the length.
	if r := w.at("PUT", url, strings.NewReader("first"), "Content-Type", "text/plain"); r.status != http.StatusOK || r.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("PUT: %d %s", r.status, r.body)
	}
	if r := w.at("PUT", url, io.MultiReader(strings.NewReader("hello")), "Content-Type", "text/plain"); r.status != http.StatusOK {
		t.Errorf("PUT without Content-Length: %d %s", r.status, r.body)
	}
	if err := w.completeUpload(chat, id); err != nil {
		t.Fatal(err)
	}
	get := w.getAttachmentURL(chat, id)
	r = w.at("GET", get, nil, "Range", "bytes=1-3")
	if r.status != http.StatusPartialContent || r.body != "ell" || r.header.Get("Access-Control-Allow-Origin") != "*" ||
		r.header.Get("X-Content-Type-Options") != "nosniff" || r.header.Get("Cache-Control") != "private" ||
		!strings.Contains(r.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("GET: %d %q %v", r.status, r.body, r.header)
	}
	if err := w.Advance(t.Context(), 5*time.Minute); err != nil {
		t.Fatal(err)
	}
	if r := w.at("GET", get, nil); r.status != http.StatusForbidden || !strings.Contains(r.body, "Request has expired") || r.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("GET after five minutes: %d %s", r.status, r.body)
	}
	if log := w.log.String(); strings.Contains(log, "signature=") || strings.Contains(log, "note.txt") {
		t.Error("the log holds URLs that open something")
	}
}

// TestUploadAcrossRestarts: what was announced, or put, before a restart is good afterwards.
func TestUploadAcrossRestarts(t *testing.T) {
	file := filepath.Join(t.TempDir(), "parley.db")
	now := clock.Manual(time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC))
	same := func(c *Config) { c.Database, c.Clock = "sqlite:"+file, now }
	w := open(t, same)
	chat := w.startChat()
	out := w.startUpload(chat, "note.txt", "text/plain", 5)
	restart := func() {
		t.Helper()
		if err := w.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		w = open(t, same)
	}
	before := w.url
	restart()
	url := strings.Replace(*out.UploadMetadata.Url, before, w.url, 1)
	if r := w.at("PUT", url, strings.NewReader("hello"), "Content-Type", "text/plain"); r.status != http.StatusOK {
		t.Fatalf("PUT: %d %s", r.status, r.body)
	}
	restart()
	if err := w.completeUpload(chat, *out.AttachmentId); err != nil {
		t.Fatal(err)
	}
	restart()
	if r := w.at("GET", w.getAttachmentURL(chat, *out.AttachmentId), nil); r.body != "hello" {
		t.Errorf("GET: %d %s", r.status, r.body)
	}
	if _, err := os.Stat(file + ".files"); err != nil {
		t.Errorf("the files are not beside the database: %v", err)
	}
}

// TestObjectAddresses: the URLs of files are where the caller finds the server.
func TestObjectAddresses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*Config)
		want   string
	}{
		{"public", func(c *Config) { c.PublicURL = "https://chat.example.org" }, "https://chat.example.org/parley/v1/objects/"},
		{"base path", func(c *Config) { c.BasePath = "/connect" }, "/connect/parley/v1/objects/"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := open(t, tt.change)
			chat := w.startChat()
			url := *w.startUpload(chat, "note.txt", "text/plain", 5).UploadMetadata.Url
			if !strings.HasPrefix(strings.TrimPrefix(url, w.url), tt.want) {
				t.Errorf("URL %s, want %s", url, tt.want)
			}
			url = w.url + w.cfg.BasePath + url[strings.Index(url, "/parley/v1/objects/"):]
			if r := w.at("PUT", url, strings.NewReader("hello"), "Content-Type", "text/plain"); r.status != http.StatusOK {
				t.Errorf("PUT: %d %s", r.status, r.body)
			}
		})
	}
}

// TestTemporaryFilesGo: a server in memory leaves no files behind.
func TestTemporaryFilesGo(t *testing.T) {
	w := open(t)
	if w.temporary == "" {
		t.Fatal("there is no folder")
	}
	if err := w.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(w.temporary); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}

func TestStorageMistakes(t *testing.T) {
	for want, cfg := range map[string]Config{
		"choose one":               {Storage: Storage{Folder: "files", S3: S3{Region: "x"}}},
		"belong together":          {Storage: Storage{S3: S3{AccessKeyID: "x"}}},
		"storage.s3.endpoint":      {Storage: Storage{S3: S3{Endpoint: "localhost:9000"}}},
		"s3.public_endpoint":       {Storage: Storage{S3: S3{PublicEndpoint: "ftp://x"}}},
		"attachments.max_bytes":    {Attachments: Attachments{MaxBytes: 100<<20 + 1}},
		"max_bytes: -1":            {Attachments: Attachments{MaxBytes: -1}},
		"attachments.per_chat: -1": {Attachments: Attachments{PerChat: -1}},
	} {
		if err := cfg.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want one with %q", cfg, err, want)
		}
	}
}

// TestKeptFiles: the process that exports and erases beside a stopped server finds its files.
func TestKeptFiles(t *testing.T) {
	cfg := Config{Database: "sqlite:" + filepath.Join(t.TempDir(), "parley.db"), Dev: &Dev{}}
	w := open(t, func(c *Config) { *c = cfg })
	chat := w.startChat()
	out := w.startUpload(chat, "note.txt", "text/plain", 5)
	if r := w.at("PUT", *out.UploadMetadata.Url, strings.NewReader("hello"), "Content-Type", "text/plain"); r.status != http.StatusOK {
		t.Fatalf("PUT: %d %s", r.status, r.body)
	}
	if err := w.completeUpload(chat, *out.AttachmentId); err != nil {
		t.Fatal(err)
	}
	if err := w.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	k, err := OpenKept(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	file, err := k.OpenAttachment(t.Context(), *out.AttachmentId)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if content, err := io.ReadAll(file); err != nil || string(content) != "hello" {
		t.Errorf("got %q, %v", content, err)
	}
}

// TestScannerOverHTTP: a scanner behind an address of the operator's fetches the file and decides.
func TestScannerOverHTTP(t *testing.T) {
	const function = "arn:aws:lambda:us-east-1:000000000000:function:scan"
	scanner := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ File struct{ Url string } }
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			t.Error(err)
			return
		}
		file, err := http.Get(asked.File.Url)
		if err != nil {
			t.Error(err)
			return
		}
		defer file.Body.Close()
		content, err := io.ReadAll(file.Body)
		if err != nil {
			t.Error(err)
		}
		verdict := "REJECTED"
		if string(content) == "clean" {
			verdict = "APPROVED"
		}
		io.WriteString(w, `{"Status":"`+verdict+`"}`)
	}))
	defer scanner.Close()
	w := open(t, func(c *Config) { c.Functions = map[string]Target{function: {URL: scanner.URL}} })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go w.Serve(l)
	w.at("GET", "http://"+l.Addr().String()+"/healthz", nil) // answered once it serves
	_, err = w.connect().CreateIntegrationAssociation(t.Context(), &connect.CreateIntegrationAssociationInput{
		InstanceId: new(DevInstance), IntegrationType: types.IntegrationTypeFileScanner, IntegrationArn: new(function),
	})
	if err != nil {
		t.Fatal(err)
	}
	chat := w.startChat()
	for _, content := range []string{"clean", "virus"} {
		out := w.startUpload(chat, content+".txt", "text/plain", len(content))
		if r := w.at("PUT", *out.UploadMetadata.Url, strings.NewReader(content), "Content-Type", "text/plain"); r.status != http.StatusOK {
			t.Fatalf("PUT: %d %s", r.status, r.body)
		}
		if err := w.completeUpload(chat, *out.AttachmentId); err != nil {
			t.Fatal(err)
		}
		if err := w.Advance(t.Context(), 0); err != nil { // until the scanner has answered
			t.Fatal(err)
		}
	}
	transcript, err := w.participant().GetTranscript(t.Context(), &participant.GetTranscriptInput{
		ConnectionToken: &chat.connectionToken, MaxResults: new(int32(100)), SortOrder: ptypes.SortKeyAscending,
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, it := range transcript.Transcript {
		for _, a := range it.Attachments {
			got = append(got, *a.AttachmentName+" "+string(a.Status))
		}
	}
	if want := []string{"clean.txt APPROVED", "virus.txt REJECTED"}; !slices.Equal(got, want) {
		t.Errorf("attachments %q, want %q\n%s", got, want, w.log)
	}
}
