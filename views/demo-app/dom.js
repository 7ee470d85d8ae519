// Elements. Text goes in as text, never as markup.

/** An HTML element; a child that is nothing is left out. */
export function el(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children)
}

/** An element of a drawing. */
export function drawn(name, attributes = {}, ...children) {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children)
}

/** What is in a <template> of the page, ready to be put in. */
export function copyOf(id) {
  return document.getElementById(id).content.cloneNode(true)
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children.flat(Number.POSITIVE_INFINITY).filter((child) => child != null))
  return element
}
