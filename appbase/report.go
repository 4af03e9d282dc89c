package appbase

import (
	"time"

	"github.com/sigil-server/sigil/scripting"
)

// Errors that clients can cause come as fast as messages do. So that nobody can fill a disk with them, a worker logs a
// limited number in one second, and how many it has left out.
const (
	reportsEvery   = time.Second
	reportsAtOnce  = 20
	reportsSkipped = "script errors were left out of the log"
)

// reports counts the errors of the present second.
type reports struct{ logged, skipped int }

// report logs what the author has to know.
func (w *Worker) report(e *scripting.Error, attrs ...any) {
	if w.onError != nil {
		w.onError(e)
	}
	if w.quiet || !w.mayReport() {
		return
	}
	w.log.Error("script error", append([]any{"error", e}, attrs...)...)
}

// mayReport counts one error and says whether it is logged.
func (w *Worker) mayReport() bool {
	r := &w.reports
	if r.logged == 0 {
		w.executor.AfterFunc(reportsEvery, w.endReports)
	}
	if r.logged >= reportsAtOnce {
		r.skipped++
		return false
	}
	r.logged++
	return true
}

// endReports begins anew behind a second in which there were some.
func (w *Worker) endReports() {
	if w.reports.skipped > 0 {
		w.log.Warn(reportsSkipped, "times", w.reports.skipped)
	}
	w.reports = reports{}
}
