package storetest

import (
	"net"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// losingProxy passes bytes on to a PostgreSQL server. Once lose is set it breaks the connection of whoever sends something, and
// passes that on a while later all the same.
type losingProxy struct {
	dsn  string
	lose atomic.Bool
}

func newLosingProxy(t *testing.T, dsn string) *losingProxy {
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	network, address := pgconn.NetworkAddress(config.Host, config.Port)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("host", "127.0.0.1")
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	q.Set("port", port)
	q.Set("sslmode", "disable")
	q.Set("default_query_exec_mode", "exec") // nothing is prepared between an update and its commit
	u.RawQuery = q.Encode()
	p := &losingProxy{dsn: u.String()}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial(network, address)
			if err != nil {
				client.Close()
				continue
			}
			go p.pass(client, server)
			go pass(server, client)
		}
	}()
	return p
}

// pass passes on what the client sends.
func (p *losingProxy) pass(client, server net.Conn) {
	const while = 100 * time.Millisecond
	b := make([]byte, 1<<16)
	for {
		n, err := client.Read(b)
		if err != nil {
			server.Close()
			return
		}
		lost := p.lose.CompareAndSwap(true, false)
		if lost {
			client.Close()
			time.Sleep(while)
		}
		if _, err := server.Write(b[:n]); err != nil {
			client.Close()
			return
		}
		if lost { // the server closes when it has read that to its end
			server.(interface{ CloseWrite() error }).CloseWrite()
			return
		}
	}
}

// pass passes on what the server answers.
func pass(server, client net.Conn) {
	b := make([]byte, 1<<16)
	for {
		n, err := server.Read(b)
		if err != nil {
			client.Close()
			return
		}
		client.Write(b[:n])
	}
}
