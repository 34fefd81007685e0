package server

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/auth"
)

// maxExpiry is how far ahead of the machine's time an expiry may lie. chatjs waits for it with a timer that overflows after some 24 days,
// and would ask for new credentials without a pause. Only a developer's clock gets that far ahead. Source: participant-wire sheet, 3.1.
const maxExpiry = 20 * 24 * time.Hour

// createParticipantConnection makes the WebSocket's URL one that the caller can open, and the expiry one that it can wait for.
func (s *Server) createParticipantConnection(
	r *http.Request, who auth.Participant, in *participant.CreateParticipantConnectionInput,
) (*participant.CreateParticipantConnectionOutput, error) {
	out, err := s.center.CreateParticipantConnection(r.Context(), who, in)
	if err == nil && out.Websocket != nil {
		out.Websocket.Url = new(s.socketBase(r) + *out.Websocket.Url)
	}
	if err == nil && out.ConnectionCredentials != nil && s.cfg.Dev != nil {
		latest := *wire.Time(time.Now().Add(maxExpiry).UnixMilli())
		out.ConnectionCredentials.Expiry = new(min(*out.ConnectionCredentials.Expiry, latest)) // as text they compare as times
	}
	return out, err
}

// socketBase is where the caller of r finds this server's sockets: the configured public address, or the one that the caller
// used itself. chatjs opens wss:// or ws://127.0.0.1: and nothing else, so every name of the own machine becomes the latter.
// Source: participant-wire sheet, 9.1.
func (s *Server) socketBase(r *http.Request) string {
	if s.cfg.PublicURL != "" {
		return "ws" + strings.TrimPrefix(s.cfg.PublicURL, "http") + s.cfg.BasePath
	}
	scheme, host := "ws", r.Host
	if r.TLS != nil {
		scheme = "wss"
	}
	if s.cfg.TrustProxy {
		if proto := r.Header.Get("X-Forwarded-Proto"); proto != "" {
			scheme = "ws" + strings.TrimPrefix(proto, "http")
		}
	}
	if scheme == "ws" {
		if dev := s.cfg.Dev; dev != nil && !dev.Remote {
			host = net.JoinHostPort("127.0.0.1", localPort(r, host))
		} else if name, port := splitHost(host); isLoopback(name) {
			host = net.JoinHostPort("127.0.0.1", port)
		}
	}
	return scheme + "://" + host + s.cfg.BasePath
}

// localPort is the port on which r came in; that of the host it names when it did not come over TCP.
func localPort(r *http.Request, host string) string {
	if addr, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr); ok {
		return strconv.Itoa(addr.Port)
	}
	_, port := splitHost(host)
	return port
}

// atHome refuses what asks a developer's server under a name that is not known to be its own. A page whose owner has its name resolve to this
// machine is of the same origin as this server, for a browser; nobody can do that with an address.
func (s *Server) atHome(r *http.Request) error {
	dev := s.cfg.Dev
	if dev == nil {
		return nil
	}
	name, _ := splitHost(r.Host)
	name = strings.TrimSuffix(strings.ToLower(strings.Trim(name, "[]")), ".")
	if _, err := netip.ParseAddr(name); err == nil || name == "" || name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return nil
	}
	if u, err := url.Parse(s.cfg.PublicURL); err == nil && strings.EqualFold(name, u.Hostname()) {
		return nil
	}
	if strings.EqualFold(name, dev.Host) {
		return nil
	}
	return refused(fmt.Sprintf("This path asks for no key, so it answers under this machine's own names alone, and %q is not known to be one: "+
		"start the server with --public-url http://%s to allow it", name, r.Host))
}

func splitHost(host string) (name, port string) {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		return host, "80"
	}
	return name, port
}

func isLoopback(name string) bool {
	if name == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(name)
	return err == nil && ip.IsLoopback()
}

// network is what a limit counts as one caller: an IPv4 address, or the /64 of an IPv6 address, whose owner has them all.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if ip = ip.Unmap(); ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip.WithZone(""), 64).Masked().String()
}
