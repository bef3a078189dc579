/**
 * Put a photo into a file field, as the camera of a phone does.
 */
export async function takePhoto(inputEl) {
    const canvas = document.createElement("canvas");
    canvas.width = 1200;
    canvas.height = 900;
    const context = canvas.getContext("2d");
    context.fillStyle = "#b3541e";
    context.fillRect(0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg"));
    const transfer = new DataTransfer();
    transfer.items.add(new File([blob], "damage.jpg", {type: "image/jpeg"}));
    inputEl.files = transfer.files;
    inputEl.dispatchEvent(new Event("change", {bubbles: true}));
}

/**
 * Fail when the page is wider than the screen of the phone.
 */
export function checkWidth() {
    const {scrollWidth, clientWidth} = document.documentElement;
    if (scrollWidth > clientWidth) {
        throw new Error(`The page is ${scrollWidth} px wide on ${clientWidth} px.`);
    }
}
