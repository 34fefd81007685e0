//go:build unix

package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/server"
)

// startServe runs a server for customers on a free port and waits until it serves.
func startServe(t *testing.T, dir string, args ...string) (p *program, url string, pid int) {
	t.Helper()
	cmd := exec.Command(binary, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	cmd.Dir = dir
	p = startWith(t, cmd)
	url, pid = p.serving(0)
	return p, url, pid
}

// serving waits until a worker serves, after skipping some workers.
func (p *program) serving(skip int) (url string, pid int) {
	p.t.Helper()
	var line struct {
		Address string
		PID     int
	}
	if err := json.Unmarshal([]byte(p.waitFor(&p.stderr, `"msg":"serving"`, skip)), &line); err != nil {
		p.t.Fatal(err)
	}
	return "http://" + line.Address, line.PID
}

func TestServeShowsTheFirstKeyOnce(t *testing.T) {
	dir := t.TempDir()
	p, url, _ := startServe(t, dir)
	get(t, url+"/readyz", http.StatusOK)
	get(t, url+"/demo/", http.StatusForbidden) // for developers alone
	get(t, url+"/parley/v1/clock", http.StatusForbidden)
	p.stop()
	if text := p.stderr.String(); strings.Count(text, "secret access key: ") != 1 || strings.Count(text, "access key id:     PARLEY") != 1 {
		t.Errorf("the first run shows no key:\n%s", text)
	}
	p, _, _ = startServe(t, dir)
	p.stop()
	if strings.Contains(p.stderr.String(), "secret access key") {
		t.Error("the second run shows a key")
	}
}

func TestFailedStartsShowNoKey(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(binary, "serve", "--listen", "127.0.0.1:0", "--nats", "nats://user:hidden@127.0.0.1:1")
	cmd.Dir = dir
	p := startWith(t, cmd)
	if code := p.exitCode(); code != 1 {
		t.Errorf("exit code %d without NATS, want 1", code)
	}
	if text := p.stderr.String(); strings.Contains(text, "secret access key") || strings.Contains(text, "hidden") {
		t.Errorf("a start that failed shows a secret:\n%s", text)
	}
	p, _, _ = startServe(t, dir)
	p.stop()
	if text := p.stderr.String(); strings.Count(text, "secret access key: ") != 1 {
		t.Errorf("the first start that succeeds shows no key:\n%s", text)
	}
}

// busy sends requests until stopped, each on a connection of its own, and fails the test when one of them gets no answer.
func busy(t *testing.T, url string) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				resp, err := client.Get(url + "/healthz")
				if err != nil {
					t.Errorf("request %d: %v", n, err)
					return
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if resp.StatusCode != http.StatusOK {
					t.Errorf("request %d: %s", n, resp.Status)
				}
			}
		})
	}
	return func() { cancel(); wg.Wait() }
}

func TestHangupReplacesTheWorkerAndKeepsThePort(t *testing.T) {
	p, url, pid := startServe(t, t.TempDir())
	stop := busy(t, url)
	for round := 1; round <= 3; round++ {
		p.Process.Signal(syscall.SIGHUP)
		_, next := p.serving(round)
		if next == pid {
			t.Errorf("round %d: the same worker goes on", round)
		}
		pid = next
	}
	stop()
	p.stop()
}

func TestHangupWithABadConfigurationKeepsTheWorker(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "parley.yaml")
	write(t, file, "log_level: info\n")
	p, url, pid := startServe(t, dir, "--config", file)
	write(t, file, "log_levle: info\n")
	p.Process.Signal(syscall.SIGHUP)
	line := p.waitFor(&p.stderr, "no restart", 0)
	if !strings.Contains(line, "log_levle") {
		t.Errorf("the log does not say why: %s", line)
	}
	get(t, url+"/healthz", http.StatusOK)
	if err := syscall.Kill(pid, 0); err != nil {
		t.Errorf("the worker is gone: %v", err)
	}
	p.stop()
}

// The sockets stay as they are until a full restart: a worker with others in its configuration could not come up.
func TestHangupWithOtherAddressesKeepsTheWorker(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "parley.yaml")
	first := "listen: 127.0.0.1:0\n"
	write(t, file, first)
	p := startWith(t, &exec.Cmd{Path: binary, Args: []string{binary, "serve", "--config", file}, Dir: dir})
	url, pid := p.serving(0)
	for i, changed := range []string{"listen: 127.0.0.1:1\n", first + "admin_listen: 127.0.0.1:0\n"} {
		write(t, file, changed)
		p.Process.Signal(syscall.SIGHUP)
		line := p.waitFor(&p.stderr, "no restart", i)
		if !strings.Contains(line, "listen changed: a full restart is needed") {
			t.Errorf("%q: the log does not say why: %s", changed, line)
		}
		get(t, url+"/healthz", http.StatusOK)
		if err := syscall.Kill(pid, 0); err != nil {
			t.Fatalf("%q: the worker is gone: %v", changed, err)
		}
	}
	// A worker that has to be replaced meanwhile takes the sockets that are there.
	syscall.Kill(pid, syscall.SIGKILL)
	p.serving(1)
	get(t, url+"/healthz", http.StatusOK)
	write(t, file, first)
	p.Process.Signal(syscall.SIGHUP)
	p.serving(2)
	p.stop()
}

// A chat as chatjs lives it through a restart: its socket closes, it asks for a new one at once, and the answer is late instead of
// missing. Source: participant-wire sheet, 9.5.
func TestChatSurvivesTheReplacementOfTheWorker(t *testing.T) {
	for name, restart := range map[string]func(p *program, pid int){
		"hangup": func(p *program, _ int) { p.Process.Signal(syscall.SIGHUP) },
		"crash":  func(_ *program, pid int) { syscall.Kill(pid, syscall.SIGKILL) },
	} {
		t.Run(name, func(t *testing.T) {
			p := startWith(t, &exec.Cmd{
				Path: binary, Args: []string{binary, "serve", "--listen", "127.0.0.1:0"},
				Env: append(environ(), "PARLEY_CREDENTIALS=[{access_key_id: shop, secret_access_key: shop}]"),
			})
			url, pid := p.serving(0)
			c := newCustomer(t, url)
			c.connect()
			c.say("before")
			restart(p, pid)
			if status := c.closed(); name == "hangup" && status != websocket.StatusGoingAway {
				t.Errorf("close code %d, want 1001", status)
			}
			c.connect()
			c.say("after")
			p.stop()
		})
	}
}

// customer is a chat as a page holds it.
type customer struct {
	t      *testing.T
	client *participant.Client
	token  *string // participant token
	conn   *string // connection token
	socket *websocket.Conn
}

// newCustomer starts a chat in the ready flow of the only instance.
func newCustomer(t *testing.T, url string) *customer {
	t.Helper()
	ready := server.Ready{Endpoint: url, Region: "us-east-1", AccessKeyId: "shop", SecretAccessKey: "shop"}
	instances, err := client(ready).ListInstances(t.Context(), &connect.ListInstancesInput{})
	if err != nil {
		t.Fatal(err)
	}
	id := instances.InstanceSummaryList[0].Id
	flows, err := client(ready).ListContactFlows(t.Context(), &connect.ListContactFlowsInput{InstanceId: id})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range flows.ContactFlowSummaryList {
		if *f.Name == "Welcome" {
			out, err := client(ready).StartChatContact(t.Context(), &connect.StartChatContactInput{
				InstanceId: id, ContactFlowId: f.Id, ParticipantDetails: &types.ParticipantDetails{DisplayName: new("Ana")},
			})
			if err != nil {
				t.Fatal(err)
			}
			// A browser repeats a request when the idle connection it chose turns out to be cut; net/http does not, so this
			// client has none.
			unpooled := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			return &customer{
				t: t, token: out.ParticipantToken, client: participant.New(participant.Options{BaseEndpoint: &url, HTTPClient: unpooled}),
			}
		}
	}
	t.Fatal("no ready flow")
	return nil
}

// connect opens a socket and subscribes.
func (c *customer) connect() {
	c.t.Helper()
	out, err := c.client.CreateParticipantConnection(c.t.Context(), &participant.CreateParticipantConnectionInput{
		ParticipantToken: c.token,
		Type:             []ptypes.ConnectionType{ptypes.ConnectionTypeWebsocket, ptypes.ConnectionTypeConnectionCredentials},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.conn = out.ConnectionCredentials.ConnectionToken
	c.socket, _, err = websocket.Dial(c.t.Context(), *out.Websocket.Url, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { c.socket.CloseNow() })
	err = c.socket.Write(c.t.Context(), websocket.MessageText, []byte(`{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}`))
	if err != nil {
		c.t.Fatal(err)
	}
	c.frame(`"success"`)
}

// frame reads until a frame has this text.
func (c *customer) frame(text string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	for {
		_, b, err := c.socket.Read(ctx)
		if err != nil {
			c.t.Fatalf("no frame with %s: %v", text, err)
		}
		if strings.Contains(string(b), text) {
			return
		}
	}
}

// say sends a message and waits for its echo.
func (c *customer) say(text string) {
	c.t.Helper()
	out, err := c.client.SendMessage(c.t.Context(), &participant.SendMessageInput{
		ConnectionToken: c.conn, ContentType: new("text/plain"), Content: &text,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.frame(*out.Id)
}

// closed waits for the end of the socket and returns its close code.
func (c *customer) closed() websocket.StatusCode {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	for {
		if _, _, err := c.socket.Read(ctx); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

func TestKilledWorkerIsReplacedAndThePortStaysOpen(t *testing.T) {
	p, url, pid := startServe(t, t.TempDir())
	for round := 1; round <= 3; round++ {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		get(t, url+"/healthz", http.StatusOK) // waits in the backlog
		_, pid = p.serving(round)
	}
	p.stop()
}

func TestTwoSignalsToStop(t *testing.T) {
	for _, tt := range []struct {
		name, delay string // how long the worker takes to stop
		pause       time.Duration
		code        int
	}{
		{"at once are one", "300ms", 0, 0},
		{"one after the other end it", "1h", 2 * repeat, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(binary, "serve", "--listen", "127.0.0.1:0")
			cmd.Env = append(environ(), "PARLEY_SHUTDOWN_DELAY="+tt.delay)
			p := startWith(t, cmd)
			p.serving(0)
			p.Process.Signal(syscall.SIGTERM)
			if tt.pause > 0 {
				p.waitFor(&p.stderr, `"msg":"stopping"`, 0)
				time.Sleep(tt.pause)
			}
			p.Process.Signal(syscall.SIGINT)
			if code := p.exitCode(); code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
		})
	}
}

func TestWorkerDiesWithItsSupervisor(t *testing.T) {
	cmd := exec.Command(binary, "serve", "--listen", "127.0.0.1:0")
	cmd.Env = append(environ(), "PARLEY_SHUTDOWN_DELAY=1h") // for balancers, who come to nobody any more
	p := startWith(t, cmd)
	url, _ := p.serving(0)
	p.Process.Kill()
	p.exitCode()
	deadline := time.Now().Add(patience)
	for {
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			return // nobody holds the port any more
		}
		conn.Close()
		if time.Now().After(deadline) {
			t.Fatal("the worker outlives its supervisor")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestServeWaitsForTheDatabase(t *testing.T) {
	dir := t.TempDir()
	first, _, _ := startServe(t, dir)
	cmd := exec.Command(binary, "serve", "--listen", "127.0.0.1:0")
	cmd.Dir = dir
	second := startWith(t, cmd)
	second.waitFor(&second.stderr, "waiting for it to end", 0)
	first.stop()
	url, _ := second.serving(0)
	get(t, url+"/healthz", http.StatusOK)
	second.stop()
}

func TestServeThatWaitsForTheDatabaseCanBeStopped(t *testing.T) {
	dir := t.TempDir()
	first, _, _ := startServe(t, dir)
	cmd := exec.Command(binary, "serve", "--listen", "127.0.0.1:0")
	cmd.Dir = dir
	second := startWith(t, cmd)
	second.waitFor(&second.stderr, "waiting for it to end", 0)
	second.Process.Signal(syscall.SIGTERM)
	if code := second.exitCode(); code != 1 || !strings.Contains(second.stderr.String(), "in use by another process") {
		t.Errorf("exit code %d", code)
	}
	first.stop()
}

func TestServeTakesInheritedSockets(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "serve")
	cmd.ExtraFiles = []*os.File{f}
	cmd.Env = append(environ(), "LISTEN_FDS=1")
	p := startWith(t, cmd)
	if url, _ := p.serving(0); url != "http://"+l.Addr().String() {
		t.Errorf("serves on %s, want the inherited %s", url, l.Addr())
	}
	get(t, "http://"+l.Addr().String()+"/healthz", http.StatusOK)
	p.stop()
}

func TestServeSeparatesTheFigures(t *testing.T) {
	p, url, _ := startServe(t, t.TempDir(), "--admin-listen", "127.0.0.1:0")
	get(t, url+"/metrics", http.StatusForbidden)
	p.stop()
	p, url, _ = startServe(t, t.TempDir())
	get(t, url+"/metrics", http.StatusOK)
	p.stop()
}

func TestServeEncrypts(t *testing.T) {
	dir := t.TempDir()
	roots := certificate(t, dir)
	p := startWith(t, &exec.Cmd{
		Path: binary, Args: []string{binary, "serve", "--listen", "127.0.0.1:0"},
		Env: append(environ(), "PARLEY_TLS_CERT="+filepath.Join(dir, "cert.pem"), "PARLEY_TLS_KEY="+filepath.Join(dir, "key.pem")),
	})
	url, _ := p.serving(0)
	url = strings.Replace(url, "http://", "https://", 1)
	for _, h2 := range []bool{false, true} {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: h2}
		resp, err := (&http.Client{Transport: transport}).Get(url + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK || (resp.ProtoMajor == 2) != h2 {
			t.Errorf("HTTP/2 %v: %s %s", h2, resp.Proto, resp.Status)
		}
		transport.CloseIdleConnections()
	}
	p.stop()
}

// certificate writes a self-signed certificate for 127.0.0.1 and its key.
func certificate(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	write(t, filepath.Join(dir, "cert.pem"), string(cert))
	write(t, filepath.Join(dir, "key.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})))
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(cert)
	return roots
}

func TestServeFailures(t *testing.T) {
	dir := t.TempDir()
	config := func(text string) []string {
		file := filepath.Join(dir, "parley.yaml")
		write(t, file, text)
		return []string{"serve", "--listen", "127.0.0.1:0", "--config", file}
	}
	failure(t, config("listn: 127.0.0.1:1\n"), "listn", "parley.yaml")
	failure(t, config("quotas:\n  profile: amazon\n"), "amazon", "self")
	failure(t, config("quotas:\n  operations:\n    SendMesage: {rate: 1}\n"), "SendMesage")
	failure(t, config("tls:\n  cert: a.pem\n"), "cert and key")
	failure(t, config("tls:\n  cert: a.pem\n  key: b.pem\n"), "a.pem")
	failure(t, config("database: mysql://x\n"), "mysql://x", "postgres://")
	failure(t, config("database: postgres://nobody@127.0.0.1:1/none\n"), "127.0.0.1:1", "Start it, or correct the address")
	failure(t, config("nats: nats://127.0.0.1:1\n"), "connect to NATS")
	failure(t, []string{"serve", "--config", filepath.Join(dir, "none.yaml")}, "none.yaml")

	cmd := exec.Command(binary, "serve", "--listen", "127.0.0.1:0")
	cmd.Env = append(environ(), "PARLEY_LISTN=127.0.0.1:1")
	p := startWith(t, cmd)
	if code := p.exitCode(); code == 0 || !strings.Contains(p.stderr.String(), "PARLEY_LISTN") {
		t.Errorf("unknown variable: exit code %d, stderr %s", code, p.stderr.String())
	}
}
