package appbase

import (
	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/sharing"
)

// Shared is what the workers of one app have in common and keep across generations: @Shared fields and locks. It may be used by
// any number of workers.
type Shared struct {
	store *sharing.Store
	locks *sharing.Locks

	supervision *supervision
}

// NewShared has neither fields nor locks.
func NewShared() *Shared { return &Shared{sharing.NewStore(), sharing.NewLocks(), newSupervision()} }

func (in *instance) installShared() (err error) {
	common := in.worker.shared
	in.shared, err = sharing.Install(in.rt, sharing.Options{
		Store: common.store, Locks: common.locks, After: in.worker.executor.AfterFunc,
		Warn: func(text string) { in.worker.log.Warn(text) },
	})
	return err
}

// commitShared makes the shared fields of this generation those of the app. What a migration throws, although it did not
// when it was tried, is logged; its field keeps what it had.
func (in *instance) commitShared() {
	if err := in.shared.Commit(!in.worker.extra); err != nil {
		in.worker.report(in.rt.Error(err))
	}
}

// lock is this.lock(name).
func (in *instance) lock(name goja.Value) goja.Value {
	lock, err := in.shared.Lock(name)
	if err != nil {
		in.rt.Throw(err)
	}
	return lock
}
