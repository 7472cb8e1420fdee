// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IMarginPayer} from "../../src/interfaces/ILockCallbacks.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {TestToken} from "./TestToken.sol";

/// @dev A maker that trades any amount at the price that the test sets, without checks of its own, so that only the
/// ClearingHouse protects it.
contract StubMaker is IMaker, IMarginPayer {
    uint256 public immutable marketId;
    IVault internal immutable vault;
    /// @dev WAD
    uint256 public price;
    uint256 public drawXCD;
    address public drawTo;
    bool public drawsInCallback;
    /// @dev The market for which fills receive; zero for fills that receive nothing.
    uint256 public receiptMarket;
    bool public revertsInHook;
    /// @dev ppm
    uint256 public requiredBand;
    int256 public forcedBase;
    int256 public forcedQuote;

    constructor(IVault vault_, uint256 marketId_, uint256 price_) {
        (vault, marketId, price) = (vault_, marketId_, price_);
    }

    function setPrice(uint256 price_) external {
        price = price_;
    }

    /// @dev Makes the next fills draw, as a hedge would.
    function setDraw(uint256 amountXCD, address to) external {
        (drawXCD, drawTo) = (amountXCD, to);
    }

    /// @dev Makes the next fills draw after settlement, when it is no longer checked.
    function setDrawsInCallback() external {
        drawsInCallback = true;
    }

    /// @dev Makes the next fills receive for a market.
    function setReceiptMarket(uint256 marketId_) external {
        receiptMarket = marketId_;
    }

    function addMargin(uint256 amountXCD) external {
        vault.receiveMargin(marketId, abi.encode(amountXCD));
    }

    function payMargin(bytes calldata data) external virtual {
        TestToken(address(vault.asset())).mint(address(vault), abi.decode(data, (uint256)));
    }

    function drawNow(uint256 amountXCD, address to) external {
        vault.draw(amountXCD, to);
    }

    function fillOrder(bool isBaseToQuote, bool isExactInput, uint256 amount, bytes calldata)
        external
        virtual
        returns (uint256, bytes memory)
    {
        if (receiptMarket != 0) vault.receiveForHedge(receiptMarket, abi.encode(1));
        if (drawXCD != 0 && !drawsInCallback) vault.draw(drawXCD, drawTo);
        bytes memory callbackData = drawsInCallback ? bytes(hex"01") : bytes("");
        return (isBaseToQuote == isExactInput ? amount * price / 1e18 : amount * 1e18 / price, callbackData);
    }

    function fillOrderCallback(bytes calldata) external {
        vault.draw(drawXCD, drawTo);
    }

    function paysOwnDebt() external pure returns (bool) {
        return false;
    }

    function getCapacity() external pure returns (uint256, uint256) {
        return (1e24, 1e24);
    }

    function onPositionForced(int256 base, int256 quote, uint256) public virtual {
        (forcedBase, forcedQuote) = (base, quote);
        if (revertsInHook) revert("no");
    }

    function setRevertsInHook(bool reverts_) external {
        revertsInHook = reverts_;
    }

    function setRequiredBand(uint256 requiredBand_) external {
        requiredBand = requiredBand_;
    }

    function getUtilRatio() external pure returns (uint256, uint256) {
        return (0, 0);
    }

    function isSpotHedged() external pure returns (bool) {
        return false;
    }
}
