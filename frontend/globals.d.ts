// What the islands find on the page besides the browser's own.

interface HtmxSwap {
  text: string;
  target: Element;
  swap: string;
}

declare const htmx: { swap(context: HtmxSwap): Promise<void> };
