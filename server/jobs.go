package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/sigil-server/sigil/appbase"
)

// Job is something that an app does by itself: a durable timer, a schedule or a listener.
type Job struct {
	App      string          `json:"app"`
	Kind     string          `json:"kind"` // timer, schedule or listener
	ID       string          `json:"id"`   // of a timer its id; else the name
	Method   string          `json:"method"`
	Next     *time.Time      `json:"next,omitempty"` // when it runs next
	Due      *time.Time      `json:"due,omitempty"`  // of a timer: when it was to run first
	Every    string          `json:"every,omitempty"`
	State    string          `json:"state,omitempty"`    // of a listener
	Attempts int             `json:"attempts,omitempty"` // that failed; of a listener: how often it was started again
	Argument json.RawMessage `json:"argument,omitempty"`
	Error    string          `json:"error,omitempty"` // the last
}

// JobList is the answer of the admin port's /jobs.
type JobList struct {
	Jobs     []Job             `json:"jobs"`
	Problems map[string]string `json:"problems,omitempty"` // why the jobs of an app cannot be told, by app
}

// maxJobs bounds the timers of one app in a list.
const maxJobs = 1000

// jobTime bounds what the admin port waits for.
const jobTime = 5 * time.Second

// TimerJob is a timer as a job.
func TimerJob(app string, t appbase.Timer) Job {
	return Job{App: app, Kind: "timer", ID: t.ID, Method: t.Method, Next: &t.Next, Due: &t.Due, Attempts: t.Attempts, Argument: t.Argument}
}

func (s *Server) serveJobs(mux *http.ServeMux) {
	mux.HandleFunc("GET /jobs", s.listJobs)
	mux.HandleFunc("GET /jobs/{app}/{id}", s.oneJob((*app).showJob))
	mux.HandleFunc("DELETE /jobs/{app}/{id}", s.oneJob((*app).cancelJob))
	mux.HandleFunc("POST /jobs/{app}/{id}/run", s.oneJob((*app).runJob))
}

// listJobs answers with the jobs of all apps, or of the one in the query.
func (s *Server) listJobs(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), jobTime)
	defer cancel()
	list := JobList{Jobs: []Job{}, Problems: map[string]string{}}
	for _, a := range s.table.all() {
		if only := r.URL.Query().Get("app"); only != "" && only != a.name {
			continue
		}
		jobs, err := a.jobs(ctx, limitOf(r))
		list.Jobs = append(list.Jobs, jobs...)
		if err != nil {
			list.Problems[a.name] = err.Error()
		}
	}
	answerJSON(w, http.StatusOK, list)
}

func limitOf(r *http.Request) int {
	if n, err := strconv.Atoi(r.URL.Query().Get("limit")); err == nil && n > 0 && n < maxJobs {
		return n
	}
	return maxJobs
}

func answerJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", typeJSON)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // whoever went away needs no answer
}

// jobs are an app's listeners, schedules and timers. What can be told is, also when there is an error.
func (a *app) jobs(ctx context.Context, limit int) (all []Job, err error) {
	for _, l := range a.shared.Listeners() {
		job := Job{App: a.name, Kind: "listener", ID: l.Name, Method: l.Method, State: l.State, Attempts: l.Restarts}
		if l.LastError != nil {
			job.Error = l.LastError.Message
		}
		all = append(all, job)
	}
	schedules, err := a.schedules(ctx)
	for _, s := range schedules {
		job := Job{App: a.name, Kind: "schedule", ID: s.Method, Method: s.Method, Every: s.Every}
		if !s.Next.IsZero() {
			job.Next = &s.Next
		}
		if s.Running > 0 {
			job.State = "running"
		}
		all = append(all, job)
	}
	timers, failed := a.data.Timers(ctx, limit)
	for _, t := range timers {
		all = append(all, TimerJob(a.name, t))
	}
	return all, errors.Join(err, failed)
}

func (a *app) first() *worker { return a.all()[0] }

func (a *app) schedules(ctx context.Context) ([]appbase.ScheduleStatus, error) {
	first := a.first()
	return ask(ctx, first, func(done func([]appbase.ScheduleStatus, error)) { done(first.script.Schedules(), nil) })
}

// oneJob answers with what an action on one job returns.
func (s *Server) oneJob(action func(*app, context.Context, string) (Job, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a := s.table.find(r.PathValue("app"))
		if a == nil {
			answerJSON(w, http.StatusNotFound, map[string]string{"error": "there is no app " + strconv.Quote(short(r.PathValue("app")))})
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), jobTime)
		defer cancel()
		job, err := action(a, ctx, r.PathValue("id"))
		switch {
		case errors.Is(err, appbase.ErrNoTimer):
			answerJSON(w, http.StatusNotFound, map[string]string{"error": err.Error()})
		case err != nil:
			answerJSON(w, http.StatusConflict, map[string]string{"error": err.Error()})
		default:
			answerJSON(w, http.StatusOK, job)
		}
	}
}

// showJob finds a timer by its id, or else a schedule or a listener by its name.
func (a *app) showJob(ctx context.Context, id string) (Job, error) {
	t, err := a.data.Timer(ctx, id)
	if err == nil {
		return TimerJob(a.name, t), nil
	}
	all, failed := a.jobs(ctx, 1)
	for _, job := range all {
		if job.Kind != "timer" && job.ID == id {
			return job, nil
		}
	}
	if failed != nil {
		err = failed
	}
	return Job{}, err
}

// cancelJob removes a timer.
func (a *app) cancelJob(ctx context.Context, id string) (Job, error) {
	job, err := a.showJob(ctx, id)
	if err != nil {
		return Job{}, err
	}
	if job.Kind != "timer" {
		return Job{}, errors.New("a " + job.Kind + " belongs to the code: only timers can be canceled")
	}
	return job, a.data.CancelTimer(ctx, id)
}

// runJob runs a timer or a schedule now.
func (a *app) runJob(ctx context.Context, id string) (Job, error) {
	job, err := a.showJob(ctx, id)
	if err != nil {
		return Job{}, err
	}
	switch job.Kind {
	case "timer":
		return job, a.data.RunTimer(ctx, id)
	case "schedule":
		return job, a.runSchedule(ctx, id)
	}
	return Job{}, errors.New("a listener runs by itself: only timers and schedules can be run")
}

func (a *app) runSchedule(ctx context.Context, method string) error {
	first := a.first()
	ran, err := ask(ctx, first, func(done func(bool, error)) { done(first.script.RunSchedule(method), nil) })
	if err == nil && !ran {
		err = errors.New("it runs already, or the app does not serve")
	}
	return err
}
