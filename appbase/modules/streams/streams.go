// Package streams gives scripts the classes of the Streams standard, the text streams of the Encoding standard and the
// compression streams of the Compression standard.
package streams

import (
	_ "embed" // the classes and their declarations

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/scripting"
)

var (
	//go:embed js/base.js
	baseJS string
	//go:embed js/readable.js
	readableJS string
	//go:embed js/readers.js
	readersJS string
	//go:embed js/default.js
	defaultJS string
	//go:embed js/bytes.js
	bytesJS string
	//go:embed js/tee.js
	teeJS string
	//go:embed js/iterate.js
	iterateJS string
	//go:embed js/writable.js
	writableJS string
	//go:embed js/writer.js
	writerJS string
	//go:embed js/pipe.js
	pipeJS string
	//go:embed js/transform.js
	transformJS string
	//go:embed js/text.js
	textJS string
	//go:embed js/internals.js
	internalsJS string
	//go:embed streams.d.ts
	declarations string

	module = globals.NewModule("streams", []string{
		"ReadableStream", "ReadableStreamDefaultReader", "ReadableStreamBYOBReader", "ReadableStreamDefaultController",
		"ReadableByteStreamController", "ReadableStreamBYOBRequest", "WritableStream", "WritableStreamDefaultWriter",
		"WritableStreamDefaultController", "TransformStream", "TransformStreamDefaultController", "CountQueuingStrategy",
		"ByteLengthQueuingStrategy", "TextEncoderStream", "TextDecoderStream", "CompressionStream", "DecompressionStream",
	}, baseJS, readableJS, readersJS, defaultJS, bytesJS, teeJS, iterateJS, writableJS, writerJS, pipeJS, transformJS, textJS, internalsJS)
)

// Declarations are the TypeScript declarations of the names that Install defines.
func Declarations() string { return declarations }

// Install defines the globals and shares the internals "streams" (see js/internals.js for what they do). It runs on the
// runtime's goroutine. The module events must be installed, and the globals TextEncoder, TextDecoder and structuredClone
// must be there when a script uses what needs them.
//
// A runtime has at most 64 compression streams that have not ended, and as many decompression streams; one more is a
// RangeError.
func Install(rt *scripting.Runtime) error {
	return module.Install(rt, func() globals.Host { return newBinding(rt).functions() })
}
