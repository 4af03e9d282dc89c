package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/conf"
	"github.com/sigil-server/sigil/server"
	"github.com/sigil-server/sigil/storage"
)

const jobTime = 10 * time.Second

// remoteJobs asks a server's admin port.
type remoteJobs struct {
	base   string
	client *http.Client
}

func newRemoteJobs(address string) *remoteJobs {
	if host, port, err := net.SplitHostPort(address); err == nil {
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			address = net.JoinHostPort("127.0.0.1", port)
		}
	}
	return &remoteJobs{base: "http://" + address, client: &http.Client{Timeout: jobTime}}
}

// greet reports why there is no server to ask.
func (r *remoteJobs) greet(ctx context.Context) error {
	return r.ask(ctx, http.MethodGet, "/jobs?limit=1", &server.JobList{})
}

func (r *remoteJobs) list(ctx context.Context, app string) (list server.JobList, err error) {
	return list, r.ask(ctx, http.MethodGet, "/jobs?app="+url.QueryEscape(app), &list)
}

func (r *remoteJobs) show(ctx context.Context, app, id string) (job server.Job, err error) {
	return job, r.ask(ctx, http.MethodGet, jobPath(app, id), &job)
}

func (r *remoteJobs) cancel(ctx context.Context, app, id string) (job server.Job, err error) {
	return job, r.ask(ctx, http.MethodDelete, jobPath(app, id), &job)
}

func (r *remoteJobs) run(ctx context.Context, app, id string) (job server.Job, err error) {
	return job, r.ask(ctx, http.MethodPost, jobPath(app, id)+"/run", &job)
}

func (r *remoteJobs) close() { r.client.CloseIdleConnections() }

func jobPath(app, id string) string { return "/jobs/" + url.PathEscape(app) + "/" + url.PathEscape(id) }

func (r *remoteJobs) ask(ctx context.Context, verb, path string, answer any) error {
	req, err := http.NewRequestWithContext(ctx, verb, r.base+path, nil)
	if err != nil {
		return err
	}
	res, err := r.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }() // read to its end, or given up
	body, err := io.ReadAll(io.LimitReader(res.Body, 64<<20))
	if err != nil {
		return err
	}
	if res.StatusCode == http.StatusOK {
		return json.Unmarshal(body, answer)
	}
	var failed struct{ Error string }
	if json.Unmarshal(body, &failed) == nil && failed.Error != "" {
		return errors.New(failed.Error)
	}
	return fmt.Errorf("%s answered %s", r.base, res.Status)
}

// storedJobs reads the timers of apps that do not run from their data.
type storedJobs struct {
	config *conf.Config
	stores *storage.Stores
}

func newStoredJobs(c *conf.Config) *storedJobs {
	return &storedJobs{c, storage.NewStores(storeOptions(c))}
}

func (s *storedJobs) close() { _ = s.stores.Close() } // nothing is lost by an error

// apps are those that have a file, and those of the folder, which may have a server.
func (s *storedJobs) apps() []string {
	var names []string
	files, _ := filepath.Glob(filepath.Join(s.config.Data, "*.db")) // the pattern is good
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".db"))
	}
	sources, _, _ := appbase.Discover(s.config.Apps) // a folder that is not there has none
	for _, src := range sources {
		names = append(names, src.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (s *storedJobs) data(app string) *appbase.Data {
	return appbase.NewData(appbase.DataOptions{
		Open: func(ctx context.Context) (appbase.Store, error) { return storeOf(s.stores)(ctx, app) },
		Kept: func() bool { return s.stores.Exists(app) },
	})
}

// on runs fn with an app's data.
func (s *storedJobs) on(ctx context.Context, app string, fn func(context.Context, *appbase.Data) error) error {
	ctx, cancel := context.WithTimeout(ctx, jobTime)
	defer cancel()
	data := s.data(app)
	defer data.Close()
	return fn(ctx, data)
}

func (s *storedJobs) list(ctx context.Context, only string) (server.JobList, error) {
	list := server.JobList{Jobs: []server.Job{}, Problems: map[string]string{}}
	for _, app := range s.apps() {
		if only != "" && app != only {
			continue
		}
		err := s.on(ctx, app, func(ctx context.Context, d *appbase.Data) error {
			timers, err := d.Timers(ctx, 1000)
			for _, t := range timers {
				list.Jobs = append(list.Jobs, server.TimerJob(app, t))
			}
			return err
		})
		if err != nil {
			list.Problems[app] = err.Error()
		}
	}
	return list, nil
}

func (s *storedJobs) show(ctx context.Context, app, id string) (job server.Job, err error) {
	return job, s.on(ctx, app, func(ctx context.Context, d *appbase.Data) error {
		t, err := d.Timer(ctx, id)
		job = server.TimerJob(app, t)
		return err
	})
}

func (s *storedJobs) cancel(ctx context.Context, app, id string) (job server.Job, err error) {
	return job, s.on(ctx, app, func(ctx context.Context, d *appbase.Data) error {
		t, err := d.Timer(ctx, id)
		if err != nil {
			return err
		}
		job = server.TimerJob(app, t)
		return d.CancelTimer(ctx, id)
	})
}

func (s *storedJobs) run(context.Context, string, string) (server.Job, error) {
	return server.Job{}, errors.New("no server runs the app")
}
