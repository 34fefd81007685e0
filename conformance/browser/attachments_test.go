package browser

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const (
	png  = `[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]`
	text = `[...new TextEncoder().encode("<!doctype html><script>alert(1)</script>")]`
)

// attach sends a file of the page and waits until it is in the chat. It returns the file's hash.
func (p *tab) attach(file string, args ...any) (hash string) {
	p.t.Helper()
	file = fmt.Sprintf(file, args...)
	before := js[int](p, "attachments().length")
	hash = js[string](p, "attach(%s)", file)
	p.until("attachments().length > %d", before)
	return hash
}

// wantFile waits for a file, and fetches it.
func (p *tab) wantFile(name, contentType, hash string) {
	p.t.Helper()
	p.until("attached(%q)", name)
	if got := js[struct{ ContentType, Status string }](p, "attached(%q)", name); got.ContentType != contentType || got.Status != "APPROVED" {
		p.t.Errorf("%s came as %+v", name, got)
	}
	if got := js[string](p, "download(%q)", name); got != hash {
		p.t.Errorf("%s was fetched with the hash %s, sent with %s", name, got, hash)
	}
}

func TestChatJSAttachments(t *testing.T) {
	eachMajor(t, func(t *testing.T, _ string, customer *tab) {
		server := startDev(t)
		chat := server.startChat(t, map[string]string{"topic": "person"})
		customer.begin(server.Endpoint, chat)
		bo := server.invite(t, chat, "Bo")
		agent := customer.another()
		agent.beginAs("AGENT", server.Endpoint, bo)

		photo := customer.attach(`file("Größe ☂.png", "image/png", %s, 300_001)`, png)
		agent.wantFile("Größe ☂.png", "image/png", photo)
		customer.wantFile("Größe ☂.png", "image/png", photo)
		list := agent.attach(`new File(["a,b\n1,2\n"], "list.csv", { type: "text/csv" })`)
		customer.wantFile("list.csv", "text/csv", list)
		if who := js[[]string](customer, "seen.items.filter((item) => item.Type === 'ATTACHMENT').map((item) => item.ParticipantId)"); len(who) != 2 ||
			who[0] != chat.ParticipantId || who[1] != bo.ParticipantId {
			t.Errorf("the files came from %q, want %s and %s", who, chat.ParticipantId, bo.ParticipantId)
		}

		customer.expect("status of 400", "status of 402")
		for _, bad := range []struct {
			name, file string
			status     int
		}{
			{"a page", `new File(["<p>"], "page.html", { type: "text/html" })`, 400},
			{"a program that is called a picture", `new File(["MZ..."], "photo.png", { type: "image/png" })`, 400},
			{"an empty file", `new File([], "empty.txt", { type: "text/plain" })`, 400},
			{"one byte more than 20 MiB", `new File([new Uint8Array(20 * 1024 * 1024 + 1)], "long.txt", { type: "text/plain" })`, 402},
		} {
			if status := js[int](customer, "failure(session.sendAttachment({ attachment: %s }))", bad.file); status != bad.status {
				t.Errorf("%s fails with %d, want %d", bad.name, status, bad.status)
			}
		}
		js[chromedp.Void](customer, "send('No files any more')")
		agent.until("texts().includes('No files any more')")
		for _, side := range []*tab{customer, agent} {
			if n := js[int](side, "transcript().then(({ items }) => items.filter((item) => item.Type === 'ATTACHMENT').length)"); n != 2 {
				t.Errorf("the transcript has %d files, want 2", n)
			}
			if n := js[int](side, "attachments().length"); n != 2 {
				t.Errorf("the page was told of %d files, want 2", n)
			}
		}
	})
}

func TestChatJSTooManyAttachments(t *testing.T) {
	eachMajor(t, func(t *testing.T, _ string, page *tab) {
		server := startDev(t)
		page.begin(server.Endpoint, server.startChat(t, map[string]string{"topic": "person"}))
		page.expect("status of 402")
		for i := range 35 {
			js[string](page, `attach(new File(["%d"], "%d.txt", { type: "text/plain" }))`, i, i)
		}
		if status := js[int](page, `failure(session.sendAttachment({ attachment: new File(["x"], "x.txt", { type: "text/plain" }) }))`); status != 402 {
			t.Errorf("the 36th file fails with %d, want 402", status)
		}
		page.until("attachments().length === 35")
	})
}

// What participants send is never shown as a page of the server, whatever it looks like.
func TestAttachmentsAreNoPages(t *testing.T) {
	eachMajor(t, func(t *testing.T, _ string, page *tab) {
		server := startDev(t)
		chat := server.startChat(t, map[string]string{"topic": "person"})
		page.begin(server.Endpoint, chat)
		page.attach(`new File([new Uint8Array(%s)], "page.txt", { type: "text/plain" })`, text)
		var file struct{ Url string }
		join(t, server.Endpoint, chat).call(t, "attachment", map[string]string{
			"AttachmentId": js[string](page, "attached('page.txt').AttachmentId"),
		}, &file)

		res, err := http.Get(file.Url)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK || !strings.HasPrefix(string(body), "<!doctype html>") {
			t.Fatalf("GET %s: %s, %v: %s", file.Url, res.Status, err, body)
		}
		disposition, params, err := mime.ParseMediaType(res.Header.Get("Content-Disposition"))
		if err != nil || disposition != "attachment" || params["filename"] != "page.txt" {
			t.Errorf("Content-Disposition is %q", res.Header.Get("Content-Disposition"))
		}
		for name, want := range map[string]string{
			"Content-Type": "text/plain", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		visitor := page.another()
		visitor.expect("ERR_ABORTED")
		before := js[string](visitor, "location.href")
		js[chromedp.Void](visitor, "void location.assign(%q)", file.Url)
		js[chromedp.Void](visitor, "fetch(%q).then((answer) => answer.blob())", file.Url) // behind the navigation
		if after := js[string](visitor, "location.href"); after != before {
			t.Errorf("the browser shows %s", after)
		}
	})
}

// A file may come in parts of the protocol that different processes of the server answer.
func TestChatJSAttachmentsSurviveRestarts(t *testing.T) {
	for _, restart := range restarts {
		t.Run(restart.name, func(t *testing.T) {
			eachMajor(t, func(t *testing.T, _ string, page *tab) {
				server := startServe(t)
				chat := server.start(t)
				page.begin(server.Endpoint, chat)
				before := page.attach(`file("before.png", "image/png", %s, 70_000)`, png)
				elsewhere := join(t, server.Endpoint, chat)
				bytesOf := []byte("begun before the restart\n")
				var upload struct {
					AttachmentId   string
					UploadMetadata struct {
						Url              string
						HeadersToInclude map[string]string
					}
				}
				elsewhere.call(t, "start-attachment-upload", map[string]any{
					"AttachmentName": "amid.txt", "ContentType": "text/plain", "AttachmentSizeInBytes": len(bytesOf), "ClientToken": "amid",
				}, &upload)
				put := func() {
					t.Helper()
					req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, upload.UploadMetadata.Url, bytes.NewReader(bytesOf))
					if err != nil {
						t.Fatal(err)
					}
					for name, value := range upload.UploadMetadata.HeadersToInclude {
						req.Header.Set(name, value)
					}
					res, err := http.DefaultClient.Do(req)
					if err != nil {
						t.Fatal(err)
					}
					defer res.Body.Close()
					if res.StatusCode != http.StatusOK {
						t.Fatalf("PUT: %s", res.Status)
					}
				}
				complete := map[string]any{"AttachmentIds": []string{upload.AttachmentId}, "ClientToken": "done"}
				again := func() {
					t.Helper()
					lost, pings := js[int](page, "seen.lost"), js[int](page, "seen.pings")
					restart.do(t, server)
					page.until("seen.lost > %d", lost)
					page.until("seen.pings > %d", pings)
				}
				again() // between the announcement and the bytes
				put()
				again() // between the bytes and the end
				elsewhere.call(t, "complete-attachment-upload", complete, &struct{}{})
				sum := sha256.Sum256(bytesOf)
				page.wantFile("amid.txt", "text/plain", hex.EncodeToString(sum[:]))
				again() // and then the answer got lost
				elsewhere.call(t, "complete-attachment-upload", complete, &struct{}{})
				after := page.attach(`file("after.png", "image/png", %s, 70_000)`, png)
				page.wantFile("before.png", "image/png", before)
				page.wantFile("after.png", "image/png", after)

				const names = "items.filter((item) => item.Type === 'ATTACHMENT').map((item) => item.Attachments[0].AttachmentName).join(' ')"
				want := "before.png amid.txt after.png"
				if kept := js[string](page, "transcript().then(({ items }) => "+names+")"); kept != want {
					t.Errorf("the transcript has %s, want %s", kept, want)
				}
				if told := js[string](page, "seen."+names); told != want {
					t.Errorf("the page was told of %s, want %s", told, want)
				}
				if broken := js[int](page, "seen.broken + seen.ended"); broken != 0 {
					t.Errorf("the session did not survive: %s", js[string](page, "describe()"))
				}
			})
		})
	}
}
