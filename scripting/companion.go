package scripting

import "os"

// Companion is a file that belongs to a program beside its modules: it counts for [Program.Hash] and [Program.Inputs].
type Companion struct {
	// Path is absolute. Where no file is, there is no companion.
	Path string
	// Read makes of its text what [Program.Companion] gives. It is called once, on Compile's goroutine, and only for a file
	// that can be read.
	Read func(text string) any
}

// addCompanions reads those that are there.
func (in *inputs) addCompanions(all []Companion) (texts map[string]string, err error) {
	for _, c := range all {
		if info, err := os.Stat(c.Path); err != nil || !info.Mode().IsRegular() {
			continue
		}
		text, err := in.read(c.Path)
		if err != nil {
			return nil, &CompileError{Errors: Errors{{Name: "Error", Message: err.Error(), File: relative(in.root, c.Path)}}, inputs: in.paths()}
		}
		if texts == nil {
			texts = map[string]string{}
		}
		texts[c.Path] = text
	}
	return texts, nil
}

// readCompanions makes of them what they are.
func readCompanions(all []Companion, texts map[string]string) map[string]any {
	if len(texts) == 0 {
		return nil
	}
	made := map[string]any{}
	for _, c := range all {
		if text, there := texts[c.Path]; there {
			made[c.Path] = c.Read(text)
		}
	}
	return made
}

// Companion is what Read made of the file at path; nil when there was none.
func (p *Program) Companion(path string) any { return p.companions[path] }
