package appbase

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/dop251/goja"
)

// Bounds of this.readFile.
const (
	maxFileBytes    = 32 << 20
	maxFileReadings = 16 // of one generation at once
)

// readFile is this.readFile(path): the bytes of a file in the app's own folder, or undefined when there is none. It reads
// on a goroutine of its own, which ends with the reading of one file.
func (in *instance) readFile(name string) goja.Value {
	promise, settle := in.rt.NewPromise()
	go func() {
		in.fileSlots <- struct{}{}
		defer func() { <-in.fileSlots }()
		data, err := readWithin(in.dir, name)
		settle(func() (goja.Value, error) {
			if err != nil || data == nil {
				return nil, err
			}
			return in.vm.ToValue(in.vm.NewArrayBuffer(data)), nil
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
