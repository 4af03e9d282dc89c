package server

import (
	"net/http"
	"strings"

	"github.com/sigil-server/sigil/appbase"
)

// What is told of an answer that breaks what is said of it.
const (
	violationHeader = "X-Contract-Violation"
	maxToldMistakes = 5
)

// checkAnswer holds an answer against the contract, or the `response` of its route's annotation, in development: what breaks it is logged, and
// marked for whoever tries it.
func (s *Server) checkAnswer(r *http.Request, c call, res *appbase.Response) {
	if !s.options.Dev {
		return
	}
	wrong := c.breaches(r, res)
	if len(wrong) == 0 {
		return
	}
	res.Fields().Set(violationHeader, "true")
	told := strings.Join(wrong[:min(len(wrong), maxToldMistakes)], "; ")
	c.app.log.Warn("an answer breaks the contract", "route", c.route.String(), "method", c.route.Method, "status", res.Status, "wrong", told)
}
