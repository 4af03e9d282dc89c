package appbase

import (
	"errors"
	"io"

	"github.com/dop251/goja"
)

// Stream is the body of an answer that the script makes while it is sent. It belongs to the loop, as do its methods, and
// keeps the generation it began on until it has ended.
type Stream struct {
	in           *instance
	pull, cancel goja.Callable
	self, site   goja.Value          // site is where the method stands that answers with it
	done         func([]byte, error) // of the Next that waits
	err          error               // how it ended; nil while it goes on
}

// stream reads a puller of the prelude's; nil if there is none.
func (in *instance) stream(value goja.Value) *Stream {
	object, ok := value.(*goja.Object)
	if !ok {
		return nil
	}
	s := &Stream{in: in, self: object}
	s.pull, _ = goja.AssertFunction(object.Get("pull"))
	s.cancel, _ = goja.AssertFunction(object.Get("cancel"))
	in.retain()
	in.streams[s] = struct{}{}
	return s
}

// Next asks the script for the next chunk. done is called once, perhaps at once: with bytes that are the caller's, with
// io.EOF at the end, with a *scripting.Error for what the author has to mend, or with another error when the app was
// reloaded or stopped before the stream had ended. There is one Next at a time.
func (s *Stream) Next(done func(chunk []byte, err error)) {
	if s.err != nil {
		done(nil, s.err)
		return
	}
	s.done = done
	value, err := s.in.rt.Call(s.pull, s.self)
	if err != nil {
		s.got(nil, err)
		return
	}
	s.in.rt.Await(value, s.got)
}

// got answers the Next that waits.
func (s *Stream) got(value goja.Value, err error) {
	if s.err != nil {
		return
	}
	var chunk []byte
	switch {
	case err != nil:
		err = s.in.blame(s.site, s.in.asError(err))
	case goja.IsUndefined(value):
		err = io.EOF
	default:
		err = s.in.rt.Do(func() error {
			chunk = s.in.bodyBytes(value)
			return nil
		})
	}
	if err != nil {
		s.end(err)
		s.in.release()
		return
	}
	done := s.done
	s.done = nil
	done(chunk, nil)
}

// end makes err the outcome of this and every later Next.
func (s *Stream) end(err error) {
	s.err = err
	delete(s.in.streams, s)
	if done := s.done; done != nil {
		s.done = nil
		done(nil, err)
	}
}

var errCanceled = errors.New("the stream was given up")

// Cancel tells the script that nobody takes the rest: the stream's cancel, or the generator's return, runs. Nothing
// happens when it has ended.
func (s *Stream) Cancel(reason string) {
	if s.err != nil {
		return
	}
	s.end(errCanceled)
	in := s.in
	value, err := in.rt.Call(s.cancel, s.self, in.vm.ToValue(reason))
	if err != nil {
		s.canceled(nil, err)
		return
	}
	in.rt.Await(value, s.canceled)
}

func (s *Stream) canceled(_ goja.Value, err error) {
	if err != nil && !s.in.closed {
		s.in.worker.report(s.in.rt.Error(err))
	}
	s.in.release()
}
