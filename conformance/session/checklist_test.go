package session

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsv1 "github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/service/connectparticipant"
	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"
)

// The checklist of what unmodified clients of the Participant Service need, in its order. The browser's part of it (19) is in
// ../browser.

func TestChecklist01ConnectionHasURLAndDates(t *testing.T) {
	w := newWorld(t)
	c := w.start(t)
	a := w.post(t, "connection", c.bearer, `{"Type":["WEBSOCKET","CONNECTION_CREDENTIALS"]}`)
	var out struct {
		Websocket             struct{ Url, ConnectionExpiry string }
		ConnectionCredentials struct{ ConnectionToken, Expiry string }
	}
	if err := json.Unmarshal(a.body, &out); err != nil || a.status != 200 {
		t.Fatal(a, err)
	}
	if !regexp.MustCompile(`^wss://|^ws://127\.0\.0\.1:`).MatchString(out.Websocket.Url) || len(out.Websocket.Url) > 2000 {
		t.Errorf("url is %q", out.Websocket.Url)
	}
	if n := len(out.ConnectionCredentials.ConnectionToken); n < 1 || n > 1000 {
		t.Errorf("the connection token has %d characters", n)
	}
	for name, text := range map[string]string{"ConnectionExpiry": out.Websocket.ConnectionExpiry, "Expiry": out.ConnectionCredentials.Expiry} {
		at, err := time.Parse("2006-01-02T15:04:05.000Z", text)
		if ahead := time.Until(at); err != nil || ahead < time.Minute || ahead > 24*24*time.Hour {
			t.Errorf("%s is %q, %v ahead: %v", name, text, ahead, err)
		}
	}
	// Only what was asked for.
	if a := w.post(t, "connection", c.bearer, `{"Type":["CONNECTION_CREDENTIALS"]}`); a.status != 200 || a.member("Websocket") != "" {
		t.Errorf("credentials alone: %v", a)
	}
	// A page on localhost gets an address that chatjs opens.
	req, _ := http.NewRequestWithContext(t.Context(), "POST", strings.Replace(w.Endpoint, "127.0.0.1", "localhost", 1)+"/participant/connection",
		strings.NewReader(`{"Type":["WEBSOCKET"]}`))
	req.Header.Set("X-Amz-Bearer", c.bearer)
	if a := do(t, req); !strings.Contains(string(a.body), `"ws://127.0.0.1:`) {
		t.Errorf("asked on localhost: %v", a)
	}
}

func TestChecklist02JunkAuthorizationIsIgnored(t *testing.T) {
	w := newWorld(t)
	c := w.start(t)
	for _, junk := range []string{
		"AWS4-HMAC-SHA256 Credential=/20260131/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=0", "nonsense", "Bearer x",
	} {
		a := w.post(t, "connection", c.bearer, `{"Type":["WEBSOCKET"]}`, "Authorization", junk, "X-Amz-Date", "yesterday", "X-Amz-Content-Sha256", "00")
		if a.status != 200 {
			t.Errorf("Authorization: %s is answered with %v", junk, a)
		}
	}
}

func TestChecklist03CORS(t *testing.T) {
	w := newWorld(t)
	names := "authorization,content-type,x-amz-bearer,x-amz-content-sha256,x-amz-date,x-amz-user-agent"
	req, _ := http.NewRequestWithContext(t.Context(), "OPTIONS", w.Endpoint+"/participant/connection", nil)
	req.Header.Set("Origin", "https://www.example.org")
	req.Header.Set("Access-Control-Request-Method", "POST")
	req.Header.Set("Access-Control-Request-Headers", names)
	a := do(t, req)
	allowed := strings.Split(strings.ReplaceAll(strings.ToLower(a.header.Get("Access-Control-Allow-Headers")), " ", ""), ",")
	for _, name := range strings.Split(names, ",") {
		if !slices.Contains(allowed, name) {
			t.Errorf("%s is not allowed: %v", name, a)
		}
	}
	if a.status/100 != 2 || a.header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(a.header.Get("Access-Control-Allow-Methods"), "POST") {
		t.Errorf("preflight: %v", a)
	}
	for name, a := range map[string]answer{
		"403": w.post(t, "message", "junk", `{}`),
		"400": w.post(t, "connection", w.start(t).bearer, `{"Type":["NONSENSE"]}`),
		"413": w.post(t, "message", w.connected(t).token, strings.Repeat("x", 3<<20)),
		"404": w.post(t, "nonsense", "junk", `{}`),
	} {
		if a.header.Get("Access-Control-Allow-Origin") != "*" || !json.Valid(a.body) || fmt.Sprint(a.status) != name ||
			a.header.Get("X-Amzn-Requestid") == "" || a.header.Get("X-Amzn-Errortype") == "" ||
			!strings.Contains(strings.ToLower(a.header.Get("Access-Control-Expose-Headers")), "x-amzn-errortype") {
			t.Errorf("want %s: %v", name, a)
		}
	}
}

func TestChecklist04BurstOfFrames(t *testing.T) {
	w := newWorld(t)
	s := open(t, w.connected(t).url)
	s.send(`{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}`)
	s.send(`{"topic":"aws/ping"}`)
	s.send(`{"topic":"aws/heartbeat"}`)
	var topics []string
	for range 3 {
		f := s.frame()
		topics = append(topics, f.topic)
		switch f.topic {
		case "aws/subscribe":
			if want := `{"status":"success","topics":["aws/chat"]}`; f.content != want {
				t.Errorf("subscribe is answered with %s, want %s", f.content, want)
			}
		case "aws/ping":
			var ping struct {
				StatusCode    int
				StatusContent string
			}
			if err := json.Unmarshal([]byte(f.raw), &ping); err != nil || ping.StatusCode != 200 || ping.StatusContent != "OK" {
				t.Errorf("ping is answered with %s", f.raw)
			}
		}
	}
	if topics[0] != "aws/subscribe" {
		t.Errorf("the first frame is %s", topics[0])
	}
	slices.Sort(topics)
	if diff := cmp.Diff([]string{"aws/heartbeat", "aws/ping", "aws/subscribe"}, topics); diff != "" {
		t.Error(diff)
	}
}

func TestChecklist05StrayParenthesis(t *testing.T) {
	w := newWorld(t)
	s := open(t, w.connected(t).url)
	s.send(`{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}})`)
	if f := s.frame(); f.topic != "aws/subscribe" || !strings.Contains(f.content, "success") {
		t.Errorf("answered with %s", f.raw)
	}
	s.send(`{"topic":"some/other","content":{}}`) // ignored
	s.send(`{"topic":"aws/heartbeat","extra":1}`)
	if f := s.frame(); f.topic != "aws/heartbeat" {
		t.Errorf("heartbeat is answered with %s", f.raw)
	}
}

func TestChecklist06ChatFrame(t *testing.T) {
	w := newWorld(t)
	c := w.connected(t)
	s := listen(t, c.url)
	c.say(t, "Hello <&> \u2028 “ü”")
	var f frame
	for f = s.frame(); f.topic != "aws/chat" || !strings.Contains(f.content, "Hello"); f = s.frame() {
	}
	if !f.text || !strings.Contains(f.raw, `"contentType":"application/json"`) {
		t.Errorf("content is not text: %s", f.raw)
	}
	it := parseItem(t, f.content)
	if !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`).MatchString(it.AbsoluteTime) {
		t.Errorf("AbsoluteTime is %q", it.AbsoluteTime)
	}
	if it.Id == "" {
		t.Errorf("an item without Id: %s", f.content)
	}
	it.Id, it.AbsoluteTime = "", ""
	want := item{
		Content: "Hello <&> \u2028 “ü”", ContentType: "text/plain", Type: "MESSAGE", ParticipantId: c.participant, DisplayName: "Ana",
		ParticipantRole: "CUSTOMER", InitialContactId: c.contact, ContactId: c.contact,
	}
	if diff := cmp.Diff(want, it); diff != "" {
		t.Errorf("item (-want +got):\n%s", diff)
	}
	if strings.Contains(f.content, "null") {
		t.Errorf("absent members are not left out: %s", f.content)
	}
}

func TestChecklist07OneIdEverywhere(t *testing.T) {
	w := newWorld(t)
	c := w.connected(t)
	s := listen(t, c.url)
	a := w.post(t, "message", c.token, `{"ContentType":"text/plain","Content":"Hello"}`)
	pushed := s.until("Hello")
	items := c.transcript(t)
	last := items[len(items)-1]
	if id := a.member("Id"); id == "" || pushed.Id != id || *last.Id != id {
		t.Errorf("answered with Id %q, pushed with %q, listed with %q", id, pushed.Id, *last.Id)
	}
	if at := a.member("AbsoluteTime"); at == "" || pushed.AbsoluteTime != at || *last.AbsoluteTime != at {
		t.Errorf("answered with AbsoluteTime %q, pushed with %q, listed with %q", at, pushed.AbsoluteTime, *last.AbsoluteTime)
	}
}

func TestChecklist08RepeatedClientToken(t *testing.T) {
	w := newWorld(t)
	c := w.connected(t)
	body := `{"ContentType":"text/plain","Content":"Hello","ClientToken":"t1"}`
	answers := make([]string, 16)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() { answers[i] = string(w.post(t, "message", c.token, body).body) })
	}
	wg.Wait()
	slices.Sort(answers)
	if got := slices.Compact(answers); len(got) != 1 {
		t.Errorf("one token was answered with %q", got)
	}
	other := w.post(t, "message", c.token, strings.Replace(body, "Hello", "Bye", 1))
	if other.status != 200 || strings.Contains(answers[0], other.member("Id")) {
		t.Errorf("other content with the same token: %v", other)
	}
	count := map[string]int{}
	for _, it := range c.transcript(t) {
		count[awsv1.StringValue(it.Content)]++
	}
	if count["Hello"] != 1 || count["Bye"] != 1 {
		t.Errorf("the transcript has %v", count)
	}
}

func TestChecklist09ConstantTokenOfReceipts(t *testing.T) {
	w := newWorld(t)
	c := w.connected(t)
	s := listen(t, c.url)
	var ids []string
	for _, it := range c.transcript(t) {
		if awsv1.StringValue(it.Type) == "MESSAGE" {
			ids = append(ids, *it.Id)
		}
	}
	if len(ids) != 2 {
		t.Fatalf("the flow said %d things", len(ids))
	}
	for _, id := range ids {
		content, _ := json.Marshal(map[string]any{"messageId": id, "disableThrottle": true})
		body, _ := json.Marshal(map[string]string{"ContentType": seen, "Content": string(content), "ClientToken": "INCOMING_READ_RECEIPT"})
		if a := w.post(t, "event", c.token, string(body)); a.status != 200 {
			t.Fatal(a)
		}
	}
	for _, id := range ids {
		it := s.until("message.metadata")
		if it.Type != "MESSAGEMETADATA" || it.MessageMetadata == nil || it.MessageMetadata.MessageId != id || len(it.MessageMetadata.Receipts) != 1 ||
			it.MessageMetadata.Receipts[0].RecipientParticipantId != c.participant || it.MessageMetadata.Receipts[0].ReadTimestamp == "" {
			t.Errorf("receipt of %s is pushed as %+v", id, it)
		}
	}
	for _, it := range c.transcript(t) {
		if slices.Contains(ids, *it.Id) && (it.MessageMetadata == nil || len(it.MessageMetadata.Receipts) != 1 || it.MessageMetadata.Receipts[0].ReadTimestamp == nil) {
			t.Errorf("the transcript has %v", it)
		}
	}
}

func TestChecklist10ReceiptsOfNoMessage(t *testing.T) {
	w := newWorld(t)
	c := w.connected(t)
	joined := c.transcript(t)[0]
	if *joined.ContentType != eventPrefix+"participant.joined" {
		t.Fatalf("the first item is %v", joined)
	}
	for _, id := range []string{*joined.Id, "5f0c7a52-8d0e-4b7e-9a39-0f5f0a1d7c11", "nonsense"} {
		for _, kind := range []string{delivered, seen} {
			if a := w.post(t, "event", c.token, fmt.Sprintf(`{"ContentType":%q,"Content":"{\"messageId\":\"%s\"}"}`, kind, id)); a.status != 200 {
				t.Errorf("%s of %s: %v", kind, id, a)
			}
		}
	}
}

func TestChecklist11TranscriptPages(t *testing.T) {
	w := newWorld(t)
	c := w.connected(t)
	for i := range 40 {
		c.say(t, fmt.Sprint("message ", i))
	}
	var all []string
	for _, it := range c.transcript(t) {
		all = append(all, *it.Id)
	}
	body := `{"MaxResults":15,"ScanDirection":"BACKWARD","SortOrder":"ASCENDING","StartPosition":{}%s}`
	var got []string
	next := ""
	for page := 0; ; page++ {
		a := w.post(t, "transcript", c.token, fmt.Sprintf(body, next))
		var out struct {
			NextToken        *string
			Transcript       []struct{ Id string }
			InitialContactId string
		}
		if err := json.Unmarshal(a.body, &out); err != nil || a.status != 200 || out.InitialContactId != c.contact || len(out.Transcript) > 15 {
			t.Fatal(a, err)
		}
		var ids []string
		for _, it := range out.Transcript {
			ids = append(ids, it.Id)
		}
		got = append(ids, got...)
		if out.NextToken == nil {
			break
		}
		if page > len(all) {
			t.Fatal("the pages do not end")
		}
		next = fmt.Sprintf(`,"NextToken":%q`, *out.NextToken)
	}
	if diff := cmp.Diff(all, got); diff != "" {
		t.Errorf("pages going back (-want +got):\n%s", diff)
	}
	// The three start positions, both ways.
	items := c.transcript(t)
	for name, try := range map[string]struct {
		position, direction string
		want                []string
	}{
		"from an id":          {`{"Id":"` + all[20] + `"}`, "FORWARD", all[20:23]},
		"back from an id":     {`{"Id":"` + all[20] + `"}`, "BACKWARD", all[18:21]},
		"from a time":         {`{"AbsoluteTime":"` + *items[20].AbsoluteTime + `"}`, "FORWARD", all[20:23]},
		"back from a time":    {`{"AbsoluteTime":"` + *items[20].AbsoluteTime + `"}`, "BACKWARD", all[18:21]},
		"the newest":          {`{"MostRecent":2}`, "FORWARD", all[len(all)-2:]},
		"back from 2nd":       {`{"MostRecent":2}`, "BACKWARD", all[len(all)-4 : len(all)-1]},
		"from an unknown one": {`{"Id":"5f0c7a52-8d0e-4b7e-9a39-0f5f0a1d7c11"}`, "FORWARD", nil},
	} {
		a := w.post(t, "transcript", c.token, fmt.Sprintf(`{"MaxResults":3,"SortOrder":"ASCENDING","ScanDirection":%q,"StartPosition":%s}`, try.direction, try.position))
		var out struct{ Transcript []struct{ Id string } }
		if err := json.Unmarshal(a.body, &out); err != nil {
			t.Fatal(a)
		}
		var ids []string
		for _, it := range out.Transcript {
			ids = append(ids, it.Id)
		}
		if diff := cmp.Diff(try.want, ids); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestChecklist12SeveralConnections(t *testing.T) {
	w := newWorld(t)
	c := w.connected(t)
	tokens, urls := []string{c.token}, []string{c.url}
	for range 2 {
		token, url := c.connection(t)
		tokens, urls = append(tokens, token), append(urls, url)
	}
	var sockets []*socket
	for _, url := range urls {
		sockets = append(sockets, listen(t, url))
	}
	sockets = append(sockets, listen(t, urls[0])) // a URL may be opened again
	for i, token := range tokens {
		if a := w.post(t, "message", token, fmt.Sprintf(`{"ContentType":"text/plain","Content":"by token %d"}`, i)); a.status != 200 {
			t.Fatalf("token %d: %v", i, a)
		}
	}
	for i, s := range sockets {
		for k := range tokens {
			if it := s.until(fmt.Sprint("by token ", k)); it.Type != "MESSAGE" {
				t.Errorf("socket %d: %+v", i, it)
			}
		}
		if f, more := s.read(200 * time.Millisecond); more {
			t.Errorf("socket %d got one more: %s", i, f.raw)
		}
	}
}

func TestChecklist13NothingBeforeTheSubscription(t *testing.T) {
	w := newWorld(t)
	c := w.connected(t)
	s := open(t, c.url)
	c.say(t, "unheard")
	s.send(`{"topic":"aws/ping"}`)
	if f := s.frame(); f.topic != "aws/ping" {
		t.Errorf("the first frame is %s", f.raw)
	}
	s.send(`{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}`)
	s.frame()
	c.say(t, "heard")
	if it := s.item(); it.Content != "heard" {
		t.Errorf("the first item is %+v", it)
	}
}

func TestChecklist14TheCustomerLeaves(t *testing.T) {
	w := newWorld(t)
	c := w.connected(t)
	s := listen(t, c.url)
	if a := w.post(t, "disconnect", c.token, `{}`); a.status != 200 || string(a.body) != "{}" {
		t.Fatal(a)
	}
	if left := s.until("participant.left"); left.ParticipantId != c.participant || left.ParticipantRole != "CUSTOMER" {
		t.Errorf("left is %+v", left)
	}
	if ended := s.item(); ended.ContentType != eventPrefix+"chat.ended" || ended.ParticipantId != "" {
		t.Errorf("after left comes %+v", ended)
	}
	for path, bearer := range map[string]string{
		"connection": c.bearer, "message": c.token, "event": c.token, "transcript": c.token, "disconnect": c.token,
	} {
		body := `{"ContentType":"text/plain","Content":"x"}`
		if path == "event" {
			body = `{"ContentType":"` + typing + `"}`
		}
		a := w.post(t, path, bearer, body)
		if a.status != 403 || a.header.Get("X-Amzn-Errortype") != "AccessDeniedException" || a.member("__type") != "AccessDeniedException" || a.member("Message") == "" {
			t.Errorf("%s after the end: %v", path, a)
		}
	}
	if _, resp, err := websocket.Dial(t.Context(), c.url, nil); err == nil || resp == nil || resp.StatusCode != 403 {
		t.Errorf("a socket after the end: %v, %v", resp, err)
	}
}

func TestChecklist15RefusedUpgrades(t *testing.T) {
	w := newWorld(t)
	c := w.connected(t)
	base := c.url[:strings.Index(c.url, "=")+1]
	refused := func(name, url string) {
		t.Helper()
		_, resp, err := websocket.Dial(t.Context(), url, nil)
		if err == nil || resp == nil || resp.StatusCode != 403 {
			t.Errorf("%s: %v, %v", name, resp, err)
		}
	}
	refused("a bad token", base+"nonsense")
	refused("a participant token", base+c.bearer)
	refused("a connection token", base+c.token)
	refused("a changed token", c.url[:len(c.url)-4]+"AAAA")
	listen(t, c.url).c.CloseNow()
	w.Advance(t, 50*time.Second) // what the test itself takes is to be added
	listen(t, c.url).c.CloseNow()
	w.Advance(t, 51*time.Second)
	refused("a URL that is older than 100 s", c.url)
}

func TestChecklist16EscapedViewToken(t *testing.T) {
	w := newWorld(t)
	c, viewToken := w.viewing(t)
	get := func(escaped string) answer {
		req, err := http.NewRequestWithContext(t.Context(), "GET", w.Endpoint+"/participant/views/"+escaped, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Amz-Bearer", c.token)
		return do(t, req)
	}
	var escaped strings.Builder
	for _, b := range []byte(viewToken) {
		fmt.Fprintf(&escaped, "%%%02X", b)
	}
	for _, spelling := range []string{viewToken, escaped.String(), strings.ToLower(escaped.String())} {
		if a := get(spelling); a.status != 200 || !bytes.Contains(a.body, []byte(`"Name":"confirmation"`)) {
			t.Errorf("%s: %v", spelling, a)
		}
	}
	if a := get("a%2Fb%2Bc%3D"); a.status != 404 || a.member("ResourceId") != "a/b+c=" {
		t.Error(a)
	}
	out, err := w.participant.DescribeView(&connectparticipant.DescribeViewInput{ConnectionToken: &c.token, ViewToken: &viewToken})
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid([]byte(*out.View.Content.Template)) || !json.Valid([]byte(*out.View.Content.InputSchema)) || *out.View.Content.Actions[0] != "Next" {
		t.Error(out)
	}
}

func TestChecklist17Uploads(t *testing.T) {
	w := newWorld(t)
	c := w.connected(t)
	if _, err := w.participant.CreateParticipantConnection(&connectparticipant.CreateParticipantConnectionInput{
		ParticipantToken: &c.bearer, ConnectParticipant: aws.Bool(true),
	}); err != nil {
		t.Fatal(err)
	}
	started, err := w.participant.StartAttachmentUpload(&connectparticipant.StartAttachmentUploadInput{
		ConnectionToken: &c.token, AttachmentName: aws.String("note.txt"), ContentType: aws.String("text/plain"),
		AttachmentSizeInBytes: aws.Int64(5), ClientToken: aws.String("one"),
	})
	if err != nil {
		t.Fatal(err)
	}
	complete := func(token string) error {
		_, err := w.participant.CompleteAttachmentUpload(&connectparticipant.CompleteAttachmentUploadInput{
			ConnectionToken: &c.token, AttachmentIds: []*string{started.AttachmentId}, ClientToken: &token,
		})
		return err
	}
	if err := complete("early"); err == nil {
		t.Error("completed before there was a file")
	}
	put, err := http.NewRequestWithContext(t.Context(), "PUT", *started.UploadMetadata.Url, strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	put.Header.Set("Content-Type", "text/plain")
	if a := do(t, put); a.status != 200 {
		t.Errorf("PUT with Content-Type alone: %v", a)
	}
	if err := complete("late"); err != nil {
		t.Fatal(err)
	}
	got, err := w.participant.GetAttachment(&connectparticipant.GetAttachmentInput{ConnectionToken: &c.token, AttachmentId: started.AttachmentId})
	if err != nil {
		t.Fatal(err)
	}
	get, err := http.NewRequestWithContext(t.Context(), "GET", *got.Url, nil)
	if err != nil {
		t.Fatal(err)
	}
	get.Header.Set("Origin", "https://shop.example")
	if a := do(t, get); a.status != 200 || string(a.body) != "hello" || a.header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("GET by a page: %v", a)
	}
}

func TestChecklist18EmptyContentAndConnectParticipant(t *testing.T) {
	w := newWorld(t)
	c := w.connected(t)
	s := listen(t, c.url)
	for _, body := range []string{`{"ContentType":"` + typing + `","Content":""}`, `{"ContentType":"` + typing + `","Content":null}`} {
		if a := w.post(t, "event", c.token, body); a.status != 200 || a.member("Id") == "" || a.member("AbsoluteTime") == "" {
			t.Errorf("%s: %v", body, a)
		}
		if it := s.until("typing"); it.ParticipantId != c.participant || it.Content != "" {
			t.Errorf("typing is pushed as %+v", it)
		}
	}
	if a := w.post(t, "connection", c.bearer, `{"ConnectParticipant":true}`); a.status != 200 {
		t.Errorf("ConnectParticipant alone: %v", a)
	}
	for _, it := range c.transcript(t) {
		if *it.ContentType == typing {
			t.Error("typing is in the transcript")
		}
	}
}

// TestChecklist20AnonymousSDKWalksAllOperations does with the Go v1 module what the list asks of boto3, whose models it shares.
func TestChecklist20AnonymousSDKWalksAllOperations(t *testing.T) {
	w := newWorld(t)
	c := w.connected(t)
	c.say(t, "Hello")
	if _, err := w.participant.SendEvent(&connectparticipant.SendEventInput{ConnectionToken: &c.token, ContentType: aws.String(typing)}); err != nil {
		t.Error(err)
	}
	out, err := w.participant.GetTranscript(&connectparticipant.GetTranscriptInput{ConnectionToken: &c.token})
	if err != nil {
		t.Fatal(err)
	}
	if got := out.Transcript[0]; *got.Content != "Hello" || *out.InitialContactId != c.contact {
		t.Errorf("the newest item is %v", got)
	}
	isA := func(name string, err error, code string, status int) {
		t.Helper()
		if e, ok := err.(awserr.RequestFailure); !ok || e.Code() != code || e.StatusCode() != status || e.Message() == "" || e.RequestID() == "" {
			t.Errorf("%s: %v, want %s %d", name, err, code, status)
		}
	}
	_, err = w.participant.SendMessage(&connectparticipant.SendMessageInput{ConnectionToken: &c.bearer, ContentType: aws.String("text/plain"), Content: aws.String("x")})
	isA("the participant token", err, "AccessDeniedException", 403)
	if !strings.Contains(fmt.Sprint(err), "onnection") {
		t.Errorf("the error does not say which token is needed: %v", err)
	}
	_, err = w.participant.CreateParticipantConnection(&connectparticipant.CreateParticipantConnectionInput{ParticipantToken: &c.token, Type: awsv1.StringSlice([]string{"WEBSOCKET"})})
	isA("the connection token", err, "AccessDeniedException", 403)
	if !strings.Contains(fmt.Sprint(err), "articipant") {
		t.Errorf("the error does not say which token is needed: %v", err)
	}
	_, err = w.participant.SendMessage(&connectparticipant.SendMessageInput{ConnectionToken: &c.token, ContentType: aws.String("text/markdown"), Content: aws.String("x")})
	isA("a content type that the chat does not support", err, "ValidationException", 400)
	_, err = w.participant.SendMessage(&connectparticipant.SendMessageInput{ConnectionToken: &c.token, ContentType: aws.String("text/plain"), Content: aws.String(strings.Repeat("x", 16385))})
	isA("too long", err, "ValidationException", 400)
	_, err = w.participant.GetTranscript(&connectparticipant.GetTranscriptInput{ConnectionToken: &c.token, MaxResults: aws.Int64(101)})
	isA("too many", err, "ValidationException", 400)
	_, err = w.participant.GetTranscript(&connectparticipant.GetTranscriptInput{ConnectionToken: &c.token, NextToken: aws.String("nonsense")})
	isA("a bad NextToken", err, "ValidationException", 400)
	_, err = w.participant.DescribeView(&connectparticipant.DescribeViewInput{ConnectionToken: &c.token, ViewToken: aws.String("v")})
	isA("DescribeView", err, "ResourceNotFoundException", 404)
	_, err = w.participant.GetAttachment(&connectparticipant.GetAttachmentInput{ConnectionToken: &c.token, AttachmentId: aws.String("a")})
	isA("GetAttachment", err, "ValidationException", 400)
	if _, err := w.participant.DisconnectParticipant(&connectparticipant.DisconnectParticipantInput{ConnectionToken: &c.token}); err != nil {
		t.Error(err)
	}
	_, err = w.participant.GetTranscript(&connectparticipant.GetTranscriptInput{ConnectionToken: &c.token})
	isA("after the end", err, "AccessDeniedException", 403)
}
