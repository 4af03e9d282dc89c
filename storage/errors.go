package storage

import (
	"context"
	"errors"
	"fmt"
)

// Code tells kinds of errors apart that callers treat differently.
type Code string

// The codes of an [Error].
const (
	CodeConflict   Code = "conflict"   // a condition of a batch did not hold
	CodeConstraint Code = "constraint" // the data would break a rule of the schema (unique, not null, foreign key ...)
	CodeSQL        Code = "sql"        // the statement is wrong
	CodeInvalid    Code = "invalid"    // an argument is
	CodeBusy       Code = "busy"       // another writer was in the way for too long, or a deadlock was resolved
	CodeTimeout    Code = "timeout"    // the deadline passed
	CodeFull       Code = "full"       // the disk or the store's size limit is full
	CodeCorrupt    Code = "corrupt"    // the file is damaged or no database
	CodeReadonly   Code = "readonly"   // the file or the server takes no writes
	CodeOffline    Code = "offline"    // the file cannot be opened, or the server not be reached
	CodeClosed     Code = "closed"     // the store, the transaction or the caller has ended
)

// Error is what the methods of a [Store] return. Its text names what was wrong, without the app's name or the file's path.
type Error struct {
	Code    Code
	Message string
	Offset  int   // in the statement, in bytes from 1; 0: unknown
	Err     error // what the library said; may be nil
}

func (e *Error) Error() string { return e.Message }

// Unwrap returns what the library said.
func (e *Error) Unwrap() error { return e.Err }

// ErrorCode is the code as text, for callers that do not know this package.
func (e *Error) ErrorCode() string { return string(e.Code) }

// ErrConflict is the error of a batch whose condition did not hold.
var ErrConflict = &Error{Code: CodeConflict, Message: "a condition of the batch does not hold"}

func invalid(format string, args ...any) *Error {
	return &Error{Code: CodeInvalid, Message: fmt.Sprintf(format, args...)}
}

// errClosed is what a closed store answers.
var errClosed = &Error{Code: CodeClosed, Message: "the store is closed"}

// fromContext maps the end of a context; nil if err is not about one.
func fromContext(err error) *Error {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return &Error{Code: CodeTimeout, Message: "the store did not answer in time", Err: err}
	case errors.Is(err, context.Canceled):
		return &Error{Code: CodeClosed, Message: "the call was given up", Err: err}
	}
	return nil
}
