package portable

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/flow"
)

// Folder is an instance as files: their names, with slashes, and what they hold.
type Folder map[string][]byte

const (
	manifestFile = "parley.json"
	format       = 1
	ending       = ".json"
	draftEnding  = ".draft"
)

// manifest says what the files do not.
type manifest struct {
	Format    int
	Files     []string         // that were written with it, sorted: those alone are the export's to take away
	Resources map[string]about // by file, without draft and ending
}

// folderOf writes resources as files.
func folderOf(all []*resource) (Folder, error) {
	names := map[string]int{} // how many resources would have a file
	for _, r := range all {
		names[r.kind.folder+"/"+strings.ToLower(escape(r.name))]++
	}
	out, m := Folder{}, manifest{Format: format, Resources: map[string]about{}}
	for _, r := range all {
		name := escape(r.name)
		if names[r.kind.folder+"/"+strings.ToLower(name)] > 1 || len(name) > maxFileName {
			name = shorten(name) + "~" + hashOf(r.name)
			r.about.Name = r.name
		}
		if r.flowType != "" && r.flowType != types.ContactFlowTypeContactFlow {
			name += "." + string(r.flowType)
		}
		r.file = r.kind.folder + "/" + name
		if r.content != nil {
			out[r.file+ending] = []byte(*r.content)
		}
		if r.draft != nil {
			out[r.file+draftEnding+ending] = []byte(*r.draft)
		}
		if text, _ := stable(r.about); string(text) != "{}\n" {
			m.Resources[r.file] = r.about
		}
	}
	m.Files = slices.Sorted(maps.Keys(out))
	text, err := stable(m)
	out[manifestFile] = text
	return out, err
}

// stable is JSON that is the same for the same value, and has a line for each member.
func stable(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(v)
	return b.Bytes(), err
}

// maxFileName leaves room for type, draft and ending in the 255 bytes of a file's name.
const maxFileName = 180

// escape makes the name of a file that every system takes of a name: %XX stands for each byte of a character that some do not.
func escape(name string) string {
	var b strings.Builder
	for i, r := range name {
		last := i+utf8.RuneLen(r) == len(name)
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_()+,&'@!#", r), r == ' ' && i > 0 && !last:
			b.WriteRune(r)
		default:
			for _, c := range []byte(string(r)) {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		}
	}
	if device.MatchString(name) {
		return fmt.Sprintf("%%%02X%s", name[0], b.String()[1:])
	}
	return b.String()
}

// device are names that Windows keeps for itself.
var device = regexp.MustCompile(`^(?i:con|prn|aux|nul|com\d|lpt\d)$`)

// IsFolder reports whether files are those of an export.
func IsFolder(files fs.FS) bool {
	_, err := fs.Stat(files, manifestFile)
	return err == nil
}

// NameInFile is the name of a resource in the name of its file, without type and ending, unless it was too long for one.
func NameInFile(file string) string { return unescape(file) }

var escaped = regexp.MustCompile(`%[0-9A-F]{2}`)

// unescape is the name in the name of a file.
func unescape(file string) string {
	return escaped.ReplaceAllStringFunc(file, func(s string) string {
		b, _ := hex.DecodeString(s[1:])
		return string(b)
	})
}

// shorten cuts an escaped name where no character ends in the middle.
func shorten(name string) string {
	for len(name) > maxFileName-20 {
		_, size := utf8.DecodeLastRuneInString(name)
		if at := len(name) - 3; escaped.MatchString(name[at:]) {
			size = 3
		}
		name = name[:len(name)-size]
	}
	return name
}

func hashOf(name string) string {
	hash := sha256.Sum256([]byte(name))
	return hex.EncodeToString(hash[:4])
}

// Stale returns the files that this export has not: those that an earlier one has written, and those of somebody else that an import would
// take for resources. The error is that of a manifest that no export has written.
func Stale(files fs.FS, now Folder) (stale, foreign []string, err error) {
	m, err := readManifest(files)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", manifestFile, err)
	}
	for _, k := range kinds {
		there, err := fs.Glob(files, k.folder+"/*"+ending)
		if err != nil {
			return nil, nil, err
		}
		for _, file := range there {
			switch {
			case now[file] != nil:
			case slices.Contains(m.Files, file):
				stale = append(stale, file)
			default:
				foreign = append(foreign, file)
			}
		}
	}
	slices.Sort(foreign)
	return stale, foreign, nil
}

// readFolder reads resources from files: those in the folders that an export makes, and flows that lie about beside them.
func readFolder(files fs.FS) ([]*resource, []Problem, error) {
	var problems []Problem
	bad := func(file, format string, args ...any) {
		problems = append(problems, Problem{File: file, Problem: flow.Problem{Message: fmt.Sprintf(format, args...)}})
	}
	m, err := readManifest(files)
	if err != nil {
		bad(manifestFile, "%s", err)
	}
	found := map[string]*resource{}
	err = fs.WalkDir(files, ".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && file != "." && !slices.ContainsFunc(kinds, func(k *kind) bool { return k.folder == file }):
			return fs.SkipDir
		case d.IsDir() || path.Ext(file) != ending || file == manifestFile:
			return nil
		}
		content, err := fs.ReadFile(files, file)
		if err != nil {
			return err
		}
		r, draft, err := resourceOf(file, string(content), found)
		if err != nil {
			bad(file, "%s", err)
			return nil
		}
		found[r.file] = r
		text := string(content)
		if (r.kind == flows || r.kind == modules) && flow.IsOlder(text) {
			converted, err := flow.Convert(text)
			if err != nil {
				return err
			}
			for _, note := range converted.Notes {
				r.notes = append(r.notes, Problem{file, note})
			}
			text = converted.Content
		}
		if draft {
			r.draft = &text
		} else {
			r.content = &text
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	for _, file := range slices.Sorted(maps.Keys(m.Resources)) {
		r := found[file]
		if r == nil {
			bad(manifestFile, "There is no file %s", file+ending)
			continue
		}
		r.about = m.Resources[file]
		r.name = cmp.Or(r.about.Name, r.name)
		r.about.Name = ""
	}
	all := slices.SortedFunc(maps.Values(found), inOrder)
	taken := map[string]string{}
	for _, r := range all {
		key := r.kind.name + "/" + r.name
		if other := taken[key]; other != "" {
			bad(r.file+ending, "The %s %q stands in %s as well", r.kind.noun, r.name, other+ending)
		}
		taken[key] = r.file
	}
	return all, problems, nil
}

// inOrder puts resources in the order in which they are written and made.
func inOrder(a, b *resource) int {
	return cmp.Or(cmp.Compare(slices.Index(kinds, a.kind), slices.Index(kinds, b.kind)), strings.Compare(a.name, b.name), strings.Compare(a.file, b.file))
}

func readManifest(files fs.FS) (manifest, error) {
	m := manifest{Format: format}
	text, err := fs.ReadFile(files, manifestFile)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return m, err
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return manifest{}, fmt.Errorf("this is no manifest: %w", err)
	}
	if m.Format != format {
		return manifest{}, fmt.Errorf("format %d is not known: a newer version has written it", m.Format)
	}
	return m, nil
}

// resourceOf finds the resource that a file is of, a new one if none of found is.
func resourceOf(file, content string, found map[string]*resource) (r *resource, draft bool, err error) {
	k := flows
	for _, other := range kinds {
		if other.folder == path.Dir(file) {
			k = other
		}
	}
	name, draft := strings.CutSuffix(strings.TrimSuffix(file, ending), draftEnding)
	if r := found[name]; r != nil {
		return r, draft, nil
	}
	r = &resource{kind: k, file: name}
	base, flowType, typed := strings.Cut(path.Base(name), ".")
	r.name = unescape(base)
	switch {
	case k != flows && typed:
		return nil, false, fmt.Errorf("write the dots in the name of the %s as %%2E", k.noun)
	case k != flows:
	case path.Dir(file) == "." && (flowType == flow.Module || !typed && flow.TypeOf(content) == flow.Module):
		r.kind = modules
	case !typed && path.Dir(file) == ".":
		r.flowType = types.ContactFlowType(cmp.Or(flow.TypeOf(content), string(types.ContactFlowTypeContactFlow)))
	case !typed:
		r.flowType = types.ContactFlowTypeContactFlow
	case slices.Contains(r.flowType.Values(), types.ContactFlowType(flowType)):
		r.flowType = types.ContactFlowType(flowType)
	default:
		return nil, false, fmt.Errorf("%s is no type of flow; write dots in its name as %%2E", flowType)
	}
	return r, draft, nil
}
