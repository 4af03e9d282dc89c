package server

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/sigil-server/sigil/scripting"
)

// fail answers with a status and one sentence: as text, or as JSON where the client prefers that.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, status int, message string) {
	s.answer(w, r, status, message, map[string]string{"error": message})
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, status int, message string, fields map[string]string) {
	body := []byte(message + "\n")
	kind := preferred(r, typeText, typeJSON)
	if kind == typeJSON {
		body, _ = json.Marshal(fields) // texts always have a JSON form
		body = append(body, '\n')
	}
	w.Header().Set("Content-Type", kind+"; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // whoever went away needs no answer
}

func (s *Server) notFound(w http.ResponseWriter, r *http.Request) {
	s.fail(w, r, http.StatusNotFound, "nothing answers at this address")
}

// unavailable asks the client to come again in a moment.
func (s *Server) unavailable(w http.ResponseWriter, r *http.Request, message string) {
	w.Header().Set("Retry-After", "1")
	s.fail(w, r, http.StatusServiceUnavailable, message)
}

// newErrorID is what an answer and the log have in common: short enough to be read out.
func newErrorID() string { return strings.ToLower(rand.Text()[:10]) }

// internalError is a 500 that tells clients an id only, and developers everything.
func (s *Server) internalError(w http.ResponseWriter, r *http.Request, id string, err error) {
	if s.options.Dev && err != nil && accepts(r, typeHTML) {
		s.page(w, r, http.StatusInternalServerError, errorPage, newErrorView("A handler failed", id, err))
		return
	}
	const message = "internal server error"
	s.answer(w, r, http.StatusInternalServerError, message+" (id "+id+")", map[string]string{"error": message, "id": id})
}

// errSlow is the cause of a call's end that took longer than Limits.ResponseTime.
var errSlow = errors.New("the app did not answer in time")

// scriptFailed answers a call that the app did not answer, and logs it.
func (s *Server) scriptFailed(w http.ResponseWriter, r *http.Request, c call, err error) {
	var script *scripting.Error
	switch {
	case errors.As(err, &script):
		id := s.logScript(c, "a handler failed", err)
		s.internalError(w, r, id, err)
	case errors.Is(err, context.Canceled): // the client went away
	default:
		c.unanswered(err)
		s.unavailable(w, r, err.Error())
	}
}

// unanswered logs a call that the app did not answer, though its code did not fail.
func (c call) unanswered(err error) {
	switch {
	case errors.Is(err, errSlow):
		c.app.notices.note(limitResponseTime, "route", c.route.String())
	case errors.Is(err, errOverloaded):
		c.app.notices.note(limitTasks, "route", c.route.String())
	default:
		c.app.log.Warn("a call was not answered", "route", c.route.String(), "error", err)
	}
}

// scriptError counts an error of the app's code.
func (a *app) scriptError(err *scripting.Error) {
	a.errors.Add(1)
	if err.Interrupted {
		a.notices.note(limitCallTime, "at", fmt.Sprintf("%s:%d", err.File, err.Line))
	}
}

// logScript logs an author's error and returns the id it goes by.
func (s *Server) logScript(c call, message string, err error) string {
	var script *scripting.Error
	if errors.As(err, &script) {
		c.app.scriptError(script)
	}
	id := newErrorID()
	c.app.log.Error(message, "route", c.route.String(), "id", id, "error", err)
	return id
}

// broken answers for an app that has no code to answer with.
func (s *Server) broken(w http.ResponseWriter, r *http.Request, a *app, now *snapshot) {
	switch {
	case now.err == nil:
		s.unavailable(w, r, "the app is starting")
	case s.options.Dev && accepts(r, typeHTML):
		s.page(w, r, http.StatusServiceUnavailable, errorPage, newErrorView(a.name+" cannot be loaded", "", now.err))
	default:
		s.unavailable(w, r, "the app cannot be loaded; the server's log says why")
	}
}
