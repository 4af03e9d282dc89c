package server

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/sigil-server/sigil/appbase"
)

// cors tells a browser which foreign pages may read the answer (Fetch standard, 3.2). True: the request was a preflight
// and is answered. It runs before guards: browsers send preflights without credentials, and want to read refusals too.
func (s *Server) cors(w http.ResponseWriter, r *http.Request, c call, m appbase.Match) bool {
	if !c.routes().HasCors() {
		return false
	}
	if asked := r.Header.Get("Access-Control-Request-Method"); r.Method == http.MethodOptions && asked != "" && r.Header.Get("Origin") != "" {
		return preflight(w, r, c, asked)
	}
	policy := c.routes().CorsAt(c.target.rest)
	if m.Outcome == appbase.Found {
		policy = m.Route.Cors
	}
	if policy != nil {
		shareWith(w.Header(), policy, r.Header.Get("Origin"))
	}
	return false
}

// shareWith names the origin that may read the answer; reports whether there is one.
func shareWith(header http.Header, policy *appbase.Cors, origin string) bool {
	if policy.Any() {
		header.Set("Access-Control-Allow-Origin", "*")
	} else {
		header.Add("Vary", "Origin")
	}
	switch {
	case origin == "" || !policy.Allows(origin):
		return policy.Any()
	case !policy.Any():
		header.Set("Access-Control-Allow-Origin", origin)
	}
	if policy.Credentials {
		header.Set("Access-Control-Allow-Credentials", "true")
	}
	if len(policy.Expose) > 0 {
		header.Set("Access-Control-Expose-Headers", strings.Join(policy.Expose, ", "))
	}
	return true
}

// preflight answers the question whether a page may send a request. A page that may not gets an answer that says nothing,
// which its browser takes for a no. False: there is no policy for the path.
func preflight(w http.ResponseWriter, r *http.Request, c call, asked string) bool {
	policy := c.routes().CorsAt(c.target.rest)
	m := c.routes().HTTP(asked, c.target.rest)
	if m.Outcome == appbase.Found {
		policy = m.Route.Cors
	}
	if policy == nil {
		return false
	}
	header := w.Header()
	header.Add("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
	if shareWith(header, policy, r.Header.Get("Origin")) {
		header.Del("Access-Control-Expose-Headers") // of answers proper
		verbs := c.routes().Allowed(c.target.rest)
		if verbs == nil {
			verbs = readOnly // a file, or a page of the server's own
		}
		allowSending(header, policy, verbs, r.Header.Get("Access-Control-Request-Headers"))
	}
	w.WriteHeader(http.StatusNoContent)
	return true
}

// allowSending names the methods and headers that may be sent.
func allowSending(header http.Header, policy *appbase.Cors, verbs []string, asked string) {
	methods := policy.Methods
	if len(methods) == 0 {
		methods = verbs
	}
	header.Set("Access-Control-Allow-Methods", strings.Join(methods, ", "))
	headers := strings.Join(policy.Headers, ", ")
	if headers == "" {
		headers = asked
	}
	if headers != "" {
		header.Set("Access-Control-Allow-Headers", headers)
	}
	if policy.MaxAge > 0 {
		header.Set("Access-Control-Max-Age", strconv.Itoa(policy.MaxAge))
	}
}
