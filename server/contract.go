package server

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/sigil-server/sigil/appbase"
)

// readsBody reports whether the app's contract has the body read before the app is asked.
func (c call) readsBody(r *http.Request) bool {
	o := c.route.Operation
	return o != nil && o.ReadsBody(r.Header.Get("Content-Type"))
}

// hold holds the request against the app's contract, if it has one.
func (c call) hold(req *appbase.Request) {
	if c.route.Operation != nil {
		req.Check(c.route.Operation)
	}
}

// breaches lists in which ways an answer breaks what the contract, or the annotation of its route, says of it.
func (c call) breaches(r *http.Request, res *appbase.Response) []string {
	head := r.Method == http.MethodHead
	switch o := c.route.Operation; {
	case o != nil && isRefusal(res):
		return nil
	case o != nil:
		return o.CheckAnswer(res, head)
	case head:
		return nil
	}
	return c.route.CheckAnswer(res)
}

// isRefusal reports whether the server answered in the contract's name: that a request does not fit, or comes from nobody
// known, need not be declared.
func isRefusal(res *appbase.Response) bool {
	switch res.Status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusUnsupportedMediaType:
		return res.Fields().Get("Content-Type") == typeProblem
	}
	return false
}

// typeProblem is what requests that do not fit are answered with (RFC 9457).
const typeProblem = "application/problem+json"

// contractDocument answers with the contract, in which the app's mount is a server.
func (s *Server) contractDocument(w http.ResponseWriter, r *http.Request, c call, contract *appbase.Contract) {
	kind, write := "application/yaml", contract.YAML
	if strings.HasSuffix(c.target.rest, ".json") {
		kind, write = typeJSON, contract.JSON
	}
	body, err := write(c.mount())
	if err != nil {
		id := newErrorID()
		c.app.log.Error("the contract cannot be shown", "id", id, "error", err)
		s.internalError(w, r, id, nil)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // whoever went away needs no answer
}
