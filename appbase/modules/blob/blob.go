// Package blob gives scripts Blob and File of the File API. Their bytes are kept by the host, in memory or with a [Source],
// and are never copied when blobs are sliced or joined.
package blob

import (
	_ "embed" // the classes and their declarations
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/scripting"
)

var (
	//go:embed blob.js
	source string
	//go:embed blob.d.ts
	declarations string

	module = globals.NewModule("blob", []string{"Blob", "File"}, source)
)

// Declarations are the TypeScript declarations of the names that Install defines.
func Declarations() string { return declarations }

// Install defines the globals Blob and File and shares the internals "blob" (see blob.js). It runs on the runtime's
// goroutine. The module streams must be installed.
//
// A Blob holds at most 256 MiB in memory, and as much is read at once into an ArrayBuffer; more is a RangeError. What a
// Source cannot give rejects with a NotReadableError (DOMException).
func Install(rt *scripting.Runtime) error {
	return module.Install(rt, func() globals.Host { return binding{rt, rt.VM()}.functions() })
}

// Source is content outside of memory.
type Source interface {
	// Read has length bytes from offset on read away from the loop. done is called once, on any goroutine, with bytes that
	// are its own, or an error: the content is gone.
	Read(offset int64, length int, done func([]byte, error))
}

// FileInfo describes a File that the server makes.
type FileInfo struct {
	Name     string
	Type     string // a media type; "" when not known
	Size     int64
	Modified time.Time
}

// NewFile makes a File of content that the server has. It runs on the runtime's goroutine, inside an entry.
func NewFile(rt *scripting.Runtime, content Source, info FileInfo) (goja.Value, error) {
	internals, err := globals.Internals(rt, "blob")
	if err != nil {
		return nil, err
	}
	fn, _ := goja.AssertFunction(internals.Get("fileFrom"))
	c := &contents{parts: []part{{source: content, size: info.Size}}, size: info.Size}
	vm := rt.VM()
	return fn(goja.Undefined(), vm.ToValue(c), vm.ToValue(info.Name), vm.ToValue(info.Type), vm.ToValue(info.Modified.UnixMilli()))
}
