// Command bundle builds the web pages into the folders that package web embeds: TypeScript becomes one script, styles one sheet, and
// what others wrote is copied as it is. With -check it writes nothing and fails when the folders are not what it would write.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	log.SetFlags(0)
	web := flag.String("web", "../web", "the folder of the pages' sources")
	check := flag.Bool("check", false, "write nothing; fail when the built files are stale")
	flag.Parse()
	if err := run(*web, *check); err != nil {
		log.Fatal(err)
	}
}

func run(web string, check bool) error {
	web, err := filepath.Abs(web)
	if err != nil {
		return err
	}
	for _, p := range pages {
		files, err := p.build(web)
		if err != nil {
			return err
		}
		do := replace
		if check {
			do = compare
		}
		if err := do(filepath.Join(web, p.name, "dist"), files); err != nil {
			return err
		}
	}
	return nil
}

// page is a page that is built: a script and a style sheet of its own, and what is copied.
type page struct {
	name   string
	copied map[string]string // name of a built file: its source, below the folder of the pages
	others []string          // packages of others that are in it
}

var pages = []page{
	{
		name: "demo", others: []string{"amazon-connect-chatjs", "preact"},
		copied: map[string]string{"amazon-connect-chat.js": "third_party/amazon-connect-chatjs/dist/amazon-connect-chat.js"},
	},
	{name: "console", others: []string{"preact"}, copied: map[string]string{"diagram.css": "../internal/diagram/style.css"}},
}

// build returns the files of a page by name.
func (p *page) build(web string) (map[string][]byte, error) {
	files, err := build(web, map[string]string{p.name + "/main.tsx": p.name, p.name + "/style.css": p.name})
	if err != nil {
		return nil, err
	}
	sources := maps.Clone(p.copied)
	if sources == nil {
		sources = map[string]string{}
	}
	sources["index.html"], sources["icon.svg"] = p.name+"/index.html", "demo/icon.svg"
	for name, source := range sources {
		if files[name], err = os.ReadFile(filepath.Join(web, source)); err != nil {
			return nil, err
		}
	}
	files["LICENSES.txt"], err = licenses(web, p.others...)
	return files, err
}

// build bundles each entry point; entries gives the name of its output without the ending.
func build(web string, entries map[string]string) (map[string][]byte, error) {
	var points []api.EntryPoint
	for _, source := range slices.Sorted(maps.Keys(entries)) {
		points = append(points, api.EntryPoint{InputPath: source, OutputPath: entries[source]})
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir:       web,
		EntryPointsAdvanced: points,
		NodePaths:           []string{filepath.Join(web, "third_party")},
		Outdir:              web,
		Bundle:              true,
		Format:              api.FormatIIFE,
		Target:              api.ES2022,
		MinifyWhitespace:    true,
		MinifyIdentifiers:   true,
		MinifySyntax:        true,
		LegalComments:       api.LegalCommentsNone, // LICENSES.txt has them
		LogLevel:            api.LogLevelWarning,
	})
	if len(result.Errors) > 0 {
		return nil, errors.New("the pages were not built")
	}
	files := map[string][]byte{}
	for _, f := range result.OutputFiles {
		files[filepath.Base(f.Path)] = f.Contents
	}
	return files, nil
}

// licenses joins the licences of what others wrote.
func licenses(web string, packages ...string) ([]byte, error) {
	var all bytes.Buffer
	for _, p := range packages {
		text, err := os.ReadFile(filepath.Join(web, "third_party", p, "LICENSE"))
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&all, "%s\n\n%s\n\n", p, bytes.TrimRight(text, "\n"))
	}
	return all.Bytes(), nil
}

// compare tells which files of the folder are not as they would be built.
func compare(dist string, files map[string][]byte) error {
	stale := map[string]bool{}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(dist, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		stale[name] = err != nil || !bytes.Equal(got, want)
	}
	there, err := os.ReadDir(dist)
	if err != nil {
		return err
	}
	for _, f := range there {
		if _, built := files[f.Name()]; !built {
			stale[f.Name()] = true
		}
	}
	maps.DeleteFunc(stale, func(_ string, is bool) bool { return !is })
	if len(stale) > 0 {
		return fmt.Errorf("%s is stale (go run -C tools ./bundle): %v", dist, slices.Sorted(maps.Keys(stale)))
	}
	return nil
}

func replace(dist string, files map[string][]byte) error {
	if err := os.RemoveAll(dist); err != nil {
		return err
	}
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dist, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
