package server

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"time"
)

// scriptPath is where the client's module is. No app's name has a dot.
const scriptPath = "/sigil.js"

// script answers with the client's module, for pages of any origin. False: something else is asked for, or there is none.
func (s *Server) script(w *steadyWriter, r *http.Request) bool {
	source := s.options.ClientScript
	if rawPath(r) != scriptPath || len(source) == 0 {
		return false
	}
	if !s.reads(w, r) {
		return true
	}
	sum := sha256.Sum256(source)
	header := w.Header()
	header.Set("Content-Type", fileType(scriptPath))
	header.Set("Cache-Control", "no-cache") // kept, but asked about: it goes with the server that speaks its protocol
	header.Set("ETag", fmt.Sprintf(`"%x"`, sum[:8]))
	header.Set("Access-Control-Allow-Origin", "*")
	http.ServeContent(w, r, scriptPath, time.Time{}, bytes.NewReader(source))
	return true
}
