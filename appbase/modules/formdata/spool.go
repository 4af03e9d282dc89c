package formdata

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
)

// Entry is one field or file of a form that was spooled.
type Entry struct {
	Name, Value    string
	File           bool
	Filename, Type string
	Size           int64
	index          int // of a file
}

// Spool keeps the files of a form in a folder of its own. It belongs to one goroutine at a time.
type Spool struct {
	parent string // the folder to make it in; "" for the system's
	dir    string // once there is a file
	files  int
}

// NewSpool makes a spool below a folder; "" is the system's for temporary files. Nothing is made until it is needed.
func NewSpool(parent string) *Spool { return &Spool{parent: parent} }

// Read reads a form: fields into memory, within bounds, files to disk as they come in. The error is that of r, or of the
// disk, or says what is wrong with the form.
func (s *Spool) Read(r io.Reader, contentType string) ([]Entry, error) {
	var entries []Entry
	fields := 0
	err := Read(r, contentType, func(p *Part) (err error) {
		e := Entry{Name: p.Name, File: p.File, Filename: p.Filename, Type: p.Type}
		if p.File {
			e.index = s.files
			e.Size, err = s.keep(p)
		} else {
			e.Value, err = p.Text()
			fields += len(e.Name) + len(e.Value)
		}
		if fields > maxFieldsSize {
			err = errFields
		}
		entries = append(entries, e)
		return err
	})
	return entries, err
}

// spoolBytes is how much is read at once.
const spoolBytes = 64 << 10

func (s *Spool) keep(r io.Reader) (size int64, err error) {
	if s.dir == "" {
		if s.dir, err = os.MkdirTemp(s.parent, "sigil-upload-"); err != nil {
			return 0, fmt.Errorf("keep an upload: %w", err)
		}
	}
	file, err := os.OpenFile(s.path(s.files), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, fmt.Errorf("keep an upload: %w", err)
	}
	s.files++
	size, err = io.CopyBuffer(struct{ io.Writer }{file}, r, make([]byte, spoolBytes))
	return size, errors.Join(err, file.Close())
}

func (s *Spool) path(index int) string { return s.dir + string(os.PathSeparator) + strconv.Itoa(index) }

// ReadFile reads some of an entry's file.
func (s *Spool) ReadFile(e Entry, offset int64, length int) ([]byte, error) {
	if s.dir == "" {
		return nil, os.ErrNotExist
	}
	file, err := os.Open(s.path(e.index))
	if err != nil {
		return nil, errors.New("the file of an upload is there until the request has been answered")
	}
	defer func() { _ = file.Close() }()
	data := make([]byte, length)
	n, err := file.ReadAt(data, offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return data[:n], nil
}

// Remove removes all files.
func (s *Spool) Remove() error {
	if s.dir == "" {
		return nil
	}
	return os.RemoveAll(s.dir)
}
