package formdata

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

// Bounds of a form, whatever its size.
const (
	maxParts      = 10_000
	maxFieldBytes = 1 << 20 // of a field that is no file, and of a name
	maxFieldsSize = 16 << 20
)

var (
	errForm   = errors.New("the body is not a form that can be read")
	errFields = fmt.Errorf("%w: its fields have more than %d bytes", errForm, maxFieldsSize)
)

// IsMalformed says whether an error of this package is about the form itself: the mistake of whoever sent it.
func IsMalformed(err error) bool { return errors.Is(err, errForm) }

// Part is one entry of a form, while it is read.
type Part struct {
	Name     string
	File     bool
	Filename string // as the client wrote it; never a path to use
	Type     string // of a file; "text/plain" when the client did not say (RFC 7578, 4.4)
	body     io.Reader
}

// Read reads what is left of the part: the bytes of a file or a field.
func (p *Part) Read(b []byte) (int, error) { return p.body.Read(b) }

func (p *Part) bytes() ([]byte, error) { return io.ReadAll(p) }

// Text is the value of a field that is no file. It is an error when that is too long.
func (p *Part) Text() (string, error) {
	data, err := io.ReadAll(io.LimitReader(p, maxFieldBytes+1))
	if err != nil {
		return "", err
	}
	if len(data) > maxFieldBytes {
		return "", fmt.Errorf("%w: the field %.40q has more than %d bytes", errForm, p.Name, maxFieldBytes)
	}
	return decode(data), nil
}

// Read reads a form of the given content type and calls each for its parts, in order, while their bytes come in; what
// each leaves of a part is skipped. The error is that of r or of each, or says what is wrong with the form.
func Read(r io.Reader, contentType string, each func(*Part) error) error {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return fmt.Errorf("%w: its type is %.80q", errForm, contentType)
	}
	source := &remembering{r: r}
	reader := multipart.NewReader(source, params["boundary"])
	for n := 0; ; n++ {
		raw, err := reader.NextRawPart()
		switch {
		case err == io.EOF: //nolint:errorlint // wrapped, it says that the last boundary is missing
			return nil
		case source.err != nil:
			return source.err
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return fmt.Errorf("%w: it is cut", errForm)
		case err != nil:
			return fmt.Errorf("%w: %s", errForm, strings.TrimPrefix(err.Error(), "multipart: "))
		case n == maxParts:
			return fmt.Errorf("%w: it has more than %d parts", errForm, maxParts)
		}
		part, err := newPart(raw)
		if err != nil {
			return err
		}
		if err := each(part); err != nil {
			return source.explain(err)
		}
	}
}

// remembering keeps the error of a reader, so that it is told from one of the form's.
type remembering struct {
	r   io.Reader
	err error
}

func (r *remembering) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// explain is the error of the reader if it had one, else what is wrong with the form, or with what is done with it.
func (r *remembering) explain(err error) error {
	if r.err != nil {
		return r.err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it is cut", errForm)
	}
	if errors.Is(err, errForm) || !strings.HasPrefix(err.Error(), "multipart: ") {
		return err
	}
	return fmt.Errorf("%w: %s", errForm, strings.TrimPrefix(err.Error(), "multipart: "))
}

func newPart(raw *multipart.Part) (*Part, error) {
	kind, params, err := mime.ParseMediaType(raw.Header.Get("Content-Disposition"))
	name, named := params["name"]
	if err != nil || kind != "form-data" || !named {
		return nil, fmt.Errorf("%w: a part has no name", errForm)
	}
	p := &Part{Name: unescape(name), body: raw, Type: raw.Header.Get("Content-Type")}
	if len(p.Name) > maxFieldBytes {
		return nil, fmt.Errorf("%w: a name is too long", errForm)
	}
	p.Filename, p.File = params["filename"]
	p.Filename = unescape(p.Filename)
	if p.Type == "" {
		p.Type = "text/plain"
	}
	return p, nil
}

var unescaper = strings.NewReplacer("%0A", "\n", "%0a", "\n", "%0D", "\r", "%0d", "\r", "%22", "\"")

// unescape undoes what browsers do to names (HTML 4.10.21.8).
func unescape(name string) string { return decode([]byte(unescaper.Replace(name))) }

// decode reads UTF-8 as the Encoding standard does.
func decode(data []byte) string {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if utf8.Valid(data) {
		return string(data)
	}
	text, _ := unicode.UTF8.NewDecoder().Bytes(data) // never fails: it replaces
	return string(text)
}
