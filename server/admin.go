package server

import (
	"cmp"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// adminAddress binds an address without a host to the loopback.
func adminAddress(address string) string {
	if host, port, err := net.SplitHostPort(address); err == nil && host == "" {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return address
}

func (s *Server) adminServer() *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", s.health)
	mux.HandleFunc("GET /apps", s.listApps)
	mux.Handle("GET /metrics", s.options.metrics.handler(s.log))
	s.serveJobs(mux)
	return &http.Server{
		Handler:           s.knownHosts(http.NewCrossOriginProtection().Handler(mux)),
		ConnState:         func(conn net.Conn, state http.ConnState) { s.silent.admin.watch(conn, state) },
		ReadHeaderTimeout: s.options.Limits.HeaderTime,
		WriteTimeout:      s.options.Limits.WriteStall,
		ReadTimeout:       s.options.Limits.BodyStall,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    max(s.options.Limits.MaxHeaderBytes-httpServerSlack, 1),
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
}

// health is 200 while the server serves and 503 before and after, for a load balancer.
func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	text := map[int32]string{starting: "starting", serving: "ok", stopping: "stopping"}[s.state.Load()]
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if text != "ok" {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_, _ = io.WriteString(w, text+"\n") // whoever went away needs no answer
}

// adminApp is one app in the answer of /apps.
type adminApp struct {
	Name        string   `json:"name"`
	Mount       string   `json:"mount"`
	Listen      string   `json:"listen,omitempty"` // of a port of its own
	Generation  int      `json:"generation"`
	Hash        string   `json:"hash"`
	Routes      []string `json:"routes"`
	Connections int      `json:"connections"`
	Workers     int      `json:"workers"` // at most; 0: one for each connection
	LastError   string   `json:"lastError,omitempty"`
}

func (s *Server) listApps(w http.ResponseWriter, _ *http.Request) {
	list := []adminApp{}
	for _, i := range s.Apps() {
		one := adminApp{Name: i.Name, Mount: cmp.Or(i.Mount, "/"), Generation: i.Generation, Hash: i.Hash, Routes: []string{}, Connections: i.Connections, Workers: i.Workers}
		if i.Address != nil {
			one.Listen = i.Address.String()
		}
		for _, r := range i.Routes {
			one.Routes = append(one.Routes, strings.TrimSpace(label(r)+" "+r.Path))
		}
		if i.Err != nil {
			one.LastError = i.Err.Error()
		}
		list = append(list, one)
	}
	w.Header().Set("Content-Type", typeJSON)
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(list) // whoever went away needs no answer
}
