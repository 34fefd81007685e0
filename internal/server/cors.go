package server

import (
	"net/http"
	"slices"
	"strings"
)

// What browsers are allowed. The page's origin is never the API's, and no client uses cookies, so any origin may call unless the
// configuration names some. Source: participant-wire sheet, section 11; connect-chat sheet, 3.3.
const (
	corsMethods = "GET, POST, PUT, DELETE, OPTIONS"
	corsHeaders = "authorization, content-type, x-amz-bearer, x-amz-content-sha256, x-amz-date, x-amz-user-agent, " +
		"x-amz-security-token, x-api-key, amz-sdk-invocation-id, amz-sdk-request"
	corsMaxAge = "86400"
)

// Header values that are the same on every answer; net/http only reads them.
var (
	corsAnyOrigin = []string{"*"}
	corsExpose    = []string{"x-amzn-errortype, x-amzn-requestid, retry-after"}
	corsVary      = []string{"Origin"}
)

// cors names the origins whose pages may read answers; empty is all.
type cors struct{ origins []string }

// allow puts on an answer what lets the page read it.
func (c cors) allow(h, request http.Header) {
	if len(c.origins) == 0 {
		h["Access-Control-Allow-Origin"] = corsAnyOrigin
	} else {
		h["Vary"] = corsVary
		if origin := request["Origin"]; len(origin) == 1 && slices.Contains(c.origins, origin[0]) {
			h["Access-Control-Allow-Origin"] = origin
		}
	}
	h["Access-Control-Expose-Headers"] = corsExpose
}

// preflight answers OPTIONS, before anything is authenticated. Headers asked for are allowed by name: "*" does not cover
// Authorization by the Fetch standard.
func (c cors) preflight(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	c.allow(h, r.Header)
	h.Set("Access-Control-Allow-Methods", corsMethods)
	headers := corsHeaders
	if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" && !strings.ContainsAny(asked, "\r\n") {
		headers = asked
	}
	h.Set("Access-Control-Allow-Headers", headers)
	h.Set("Access-Control-Max-Age", corsMaxAge)
	h.Set("Allow", corsMethods)
	w.WriteHeader(http.StatusNoContent)
}
