/**
 * Put a photo into a file field, as the gallery of a phone does.
 */
export async function choosePhoto(inputEl) {
    const canvas = document.createElement("canvas");
    canvas.width = 2400;
    canvas.height = 1800;
    const context = canvas.getContext("2d");
    context.fillStyle = "#2f6fed";
    context.fillRect(0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg"));
    const transfer = new DataTransfer();
    transfer.items.add(new File([blob], "plate.jpg", {type: "image/jpeg"}));
    inputEl.files = transfer.files;
    inputEl.dispatchEvent(new Event("change", {bubbles: true}));
}

/**
 * Draw a line with a finger in the box of a signature.
 */
export function drawSignature(canvasEl) {
    const box = canvasEl.getBoundingClientRect();
    const move = (type, x, y) =>
        canvasEl.dispatchEvent(
            new PointerEvent(type, {
                bubbles: true,
                pointerId: 1,
                pointerType: "touch",
                isPrimary: true,
                button: 0,
                buttons: type === "pointerup" ? 0 : 1,
                pressure: 0.5,
                clientX: box.left + box.width * x,
                clientY: box.top + box.height * y,
            })
        );
    move("pointerdown", 0.2, 0.5);
    for (let step = 1; step <= 12; step++) {
        move("pointermove", 0.2 + step * 0.05, step % 2 ? 0.3 : 0.7);
    }
    move("pointerup", 0.8, 0.7);
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

/**
 * Fail when a button or field on the screen is too small for a thumb.
 */
export function checkTargets(rootEl) {
    const selector = "button, .btn, .o_qifei_tile_body, .o_qifei_chip > span, select";
    for (const targetEl of rootEl.querySelectorAll(selector)) {
        const {width, height} = targetEl.getBoundingClientRect();
        const isShown = width && height;
        if (isShown && !targetEl.matches(".btn-close, .btn-sm") && height < 44) {
            throw new Error(
                `${targetEl.textContent.trim()} is only ${height} px high.`
            );
        }
    }
}
