import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { styleProblems, viewProblems } from './check-view.ts'

const views = resolve(import.meta.dirname, '../../views')

function problems(ending: string, check: (text: string) => string[]): string[] {
  const names = existsSync(views) ? readdirSync(views, { recursive: true, encoding: 'utf8' }) : []
  return names
    .filter((name) => name.endsWith(ending))
    .flatMap((name) =>
      check(readFileSync(join(views, name), 'utf8')).map((problem) => `views/${name} ${problem}`),
    )
}

test('templates escape, and have no inline script, no inline style and no foreign asset', () => {
  expect(problems('.ejs', viewProblems)).toEqual([])
})

test('stylesheets load nothing from elsewhere', () => {
  expect(problems('.css', styleProblems)).toEqual([])
})

// The checker itself: what it must find, and what it must let pass.

test.each([
  ['<%- user.name %>', 'writes "user.name" without escaping'],
  ['<%-user.name-%>', 'writes "user.name" without escaping'],
  ['<%- body + extra %>', 'writes "body + extra" without escaping'],
  ['<%- bodyText %>', 'writes "bodyText" without escaping'],
  [`<%- include('x') + raw %>`, `writes "include('x') + raw" without escaping`],
  [`<%- include('x') + (raw) %>`, `writes "include('x') + (raw)" without escaping`],
  ['<%- includes(raw) %>', 'writes "includes(raw)" without escaping'],
  ['<script>alert(1)</script>', 'has an inline script'],
  ['<script type="module">import "/a.js"</script>', 'has an inline script'],
  ['<SCRIPT src="/a.js">alert(1)</SCRIPT>', 'has an inline script'],
  ['<script src="https://cdn.example/a.js"></script>', 'loads https://cdn.example/a.js by <script>'],
  ['<script src="//cdn.example/a.js"></script>', 'loads //cdn.example/a.js by <script>'],
  ['<link rel="stylesheet" href="https://cdn.example/a.css">', 'loads https://cdn.example/a.css by <link>'],
  ['<img src="http://pixel.example/" alt="">', 'loads http://pixel.example/ by <img>'],
  [
    '<img srcset="/a.png 1x, https://pixel.example/ 2x">',
    'loads /a.png 1x, https://pixel.example/ 2x by <img>',
  ],
  ['<svg><use href="https://cdn.example/i.svg#x"/></svg>', 'loads https://cdn.example/i.svg#x by <use>'],
  ['<style>p { color: red }</style>', 'has <style>'],
  ['<base href="/x/">', 'has <base>'],
  ['<p style="color: red">', 'has style= on <p>'],
  ["<p\n  STYLE='color: red'>", 'has style= on <p>'],
  ['<button type="button" onclick="go()">', 'has onclick= on <button>'],
  ['<body onload=go()>', 'has onload= on <body>'],
  ['<p <% if (x > 1) { %>onmouseover="go()"<% } %>>', 'has onmouseover= on <p>'],
  ['<a href="javascript:go()">', 'has a javascript: address on <a>'],
  ['<input value=<%= name %>>', 'writes value= without quotes on <input>'],
])('%s %s', (template, problem) => {
  expect(viewProblems(template)).toContain(problem)
})

test.each([
  ['<%- body %>'],
  ['<%-body-%>'],
  [`<%- include('partials/field', { label: words.name(), hint: ')' }) -%>`],
  ['<a href="https://hl7.org/fhir" rel="noreferrer">FHIR</a>'],
  ['<a href="<%= app.url %>" class="<%= on %>"><%= app.name %></a>'],
  ['<script type="module" src="/assets/enhance.js"></script>'],
  [`<script type="module" src="<%= asset('enhance.js') %>"></script>`],
  ['<link rel="stylesheet" href="/assets/site.css"><img src="/assets/logo.svg" alt="">'],
  ['<% const once = on = 1 %><p data-confirm="Really? onclick=no">one = 1</p>'],
  ['<svg aria-hidden="true"><path d="M0 0h1"/></svg><!-- <script>no</script> --><p>a < b</p>'],
  ['<form method="post" action="/sign-in"><input name="style" value="<%= value %>"></form>'],
])('%s is good', (template) => {
  expect(viewProblems(template)).toEqual([])
})

test('the checker of stylesheets', () => {
  expect(styleProblems('@import "a.css";')).toEqual(['has @import'])
  expect(styleProblems('p { background: url("https://cdn.example/a.png") }')).toEqual([
    'fetches https://cdn.example/a.png',
  ])
  expect(styleProblems('@font-face { src: url(//cdn.example/a.woff2) }')).toEqual([
    'fetches //cdn.example/a.woff2',
  ])
  expect(styleProblems('/* url(https://hl7.org) */ p { background: url(/assets/a.svg) }')).toEqual([])
})
