package appbase

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"github.com/dop251/goja"
)

// Bounds of this.readFile and this.render.
const (
	maxFileBytes    = 32 << 20
	maxFileReadings = 16 // of one generation at once
	renderTime      = 10 * time.Second
)

// readFile is this.readFile(path): the bytes of a file in the app's own folder, or undefined when there is none.
func (in *instance) readFile(name string) goja.Value {
	return in.withFiles(func() (func() goja.Value, error) {
		data, err := readWithin(in.dir, name)
		if err != nil || data == nil {
			return nil, err
		}
		return func() goja.Value { return in.vm.ToValue(in.vm.NewArrayBuffer(data)) }, nil
	})
}

// render is this.render(name, data): the text of a template of the app's own folder, filled with data.
func (in *instance) render(name string, data goja.Value) goja.Value {
	text, err := in.stringify(data)
	if err != nil {
		in.rt.Throw(err)
	}
	return in.withFiles(func() (func() goja.Value, error) {
		ctx, cancel := context.WithTimeout(context.Background(), renderTime)
		defer cancel()
		page, err := in.templates.RenderJSON(ctx, name, text)
		return func() goja.Value { return in.vm.ToValue(page) }, err
	})
}

// withFiles promises what work makes of files. It works on a goroutine of its own, which ends with the work; the function
// it returns, nil for undefined, makes the value on the loop.
func (in *instance) withFiles(work func() (func() goja.Value, error)) goja.Value {
	promise, settle := in.rt.NewWork()
	go func() {
		in.fileSlots <- struct{}{}
		defer func() { <-in.fileSlots }()
		value, err := work()
		settle(func() (goja.Value, error) {
			if err != nil || value == nil {
				return nil, err
			}
			return value(), nil
		})
	}()
	return promise
}

// readWithin reads a file below dir; nil when there is none. Nothing leads out of dir, no symbolic link either, and names
// that begin with a dot are not there.
func readWithin(dir, name string) ([]byte, error) {
	clean := strings.TrimPrefix(path.Clean("/"+name), "/")
	if dir == "" || clean == "" || hidden(clean) {
		return nil, nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("the app's folder: %w", err)
	}
	defer root.Close()
	info, err := root.Stat(clean)
	if err != nil || !info.Mode().IsRegular() { // opening a pipe would wait for its other end
		return nil, missing(name, err)
	}
	if info.Size() > maxFileBytes {
		return nil, fmt.Errorf("%q has %d bytes; readFile takes at most %d", name, info.Size(), maxFileBytes)
	}
	f, err := root.Open(clean)
	if err != nil {
		return nil, missing(name, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFileBytes))
	if err != nil {
		return nil, missing(name, err)
	}
	return data, nil
}

// missing is nil for a file that is not there, or not within the folder.
func missing(name string, err error) error {
	var outside *fs.PathError
	if err == nil || errors.Is(err, fs.ErrNotExist) || errors.As(err, &outside) {
		return nil
	}
	return fmt.Errorf("reading %q: %w", name, err)
}

func hidden(name string) bool {
	for segment := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(segment, ".") {
			return true
		}
	}
	return false
}
