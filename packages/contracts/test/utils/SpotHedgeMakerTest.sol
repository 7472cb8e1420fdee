// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {SpotHedgeMaker} from "../../src/makers/spot-hedge/SpotHedgeMaker.sol";
import {FlashAttacker, FlashLender} from "./FlashLoan.sol";
import {MakerKind} from "./MakerKind.sol";
import {SpotHedgeQuoteMakerExchange} from "./SpotHedgeQuoteMakerExchange.sol";

/// @dev One spot-hedged maker, two takers with margin, and the figures of the maker before and after an action.
abstract contract SpotHedgeMakerTest is SpotHedgeQuoteMakerExchange {
    uint256 internal constant WAD = 1e18;
    uint256 internal constant PPM = 1e6;

    MakerKind internal immutable kind;
    address internal maker;

    constructor(MakerKind kind_) {
        kind = kind_;
    }

    function hasQuoteMaker() internal view override returns (bool) {
        return kind == MakerKind.SpotHedgeQuote;
    }

    function setUp() public virtual override {
        super.setUp();
        maker = hasQuoteMaker() ? address(shq) : address(shb);
        addMargin(alice, quoteXCD(400_000e18));
        addMargin(bob, quoteXCD(400_000e18));
    }

    // -------------------------------------------------------------------------------------------------- actions ----

    /// @dev Opens a position in the only direction in which the maker's position grows: a base vault is long and a quote
    /// vault is short.
    function open(address taker, uint256 base) internal returns (int256, int256) {
        return hasQuoteMaker() ? buy(taker, maker, base) : sell(taker, maker, base);
    }

    /// @dev Opens a position of the opposite direction against the OracleMaker.
    function openOpposite(address taker, uint256 base) internal returns (int256, int256) {
        return hasQuoteMaker() ? sell(taker, address(om), base) : buy(taker, address(om), base);
    }

    /// @dev Stores a price and moves the pool to it.
    function movePrice(uint256 price) internal {
        skip(1);
        setPrice(price);
        spot.moveTo(price);
    }

    /// @dev Time passes and the price stays what it was.
    function passTime(uint256 time) internal {
        skip(time);
        setPrice(START_PRICE);
    }

    function setParameters(ISpotHedgeVault.Parameters memory p) internal {
        vm.prank(owner());
        SpotHedgeMaker(maker).setParameters(p);
    }

    function setSpread(uint24 spread) internal {
        setSpread(SpotHedgeMaker(maker), spread);
    }

    /// @dev An account that can borrow the tokens of `lender` for one transaction.
    function createFlashAttacker(uint256 depositXCD, uint256 marginXCD) internal returns (FlashAttacker attacker) {
        FlashLender lender = new FlashLender(weth, usd);
        weth.mint(address(lender), 100_000e18);
        usd.mint(address(lender), 300_000_000 * USD);
        attacker = new FlashAttacker(house, spot, lender);
        weth.mint(address(attacker), 1000e18);
        fund(address(attacker), depositXCD);
        usd.mint(address(attacker), 2_000_000 * USD);
        addMargin(address(attacker), marginXCD);
        vm.prank(owner());
        om.setValidSender(address(attacker), true);
    }

    // ---------------------------------------------------------------------------------------------------- reads ----

    function parameters() internal view returns (ISpotHedgeVault.Parameters memory) {
        return SpotHedgeMaker(maker).parameters();
    }

    /// @dev WAD per unit of the base token.
    function baseScale() internal view returns (uint256) {
        return 10 ** (18 - baseDecimals());
    }

    /// @dev Base that the maker holds, in the base token's decimals.
    function baseHeld() internal view returns (uint256) {
        return hasQuoteMaker() ? shq.baseBalance() : shb.assetBalance();
    }

    /// @dev H1's figure, WAD: base held plus perpetual size, at a quote vault plus the base that it still has to buy. H1 of
    /// a quote vault holds to the base token's last decimal; sizes can have more.
    function exposure() internal view returns (int256) {
        int256 scale = int256(baseScale());
        if (!hasQuoteMaker()) return int256(baseHeld()) * scale + sizeOf(maker);
        return (int256(baseHeld()) + shq.hedgeGap()) * scale + sizeOf(maker) / scale * scale;
    }

    /// @dev Value of everything that the maker owns, with base at `price`: WAD quote.
    function vaultValue(uint256 price) internal view returns (int256) {
        int256 held = int256(baseHeld() * baseScale() * price / WAD) + valueOf(maker);
        return hasQuoteMaker() ? held + int256(uint256(shq.assetBalance()) * shq.assetScale()) : held;
    }

    /// @dev WAD quote that the pool pays for base; the maker takes no part in it.
    function poolYield(uint256 base) internal returns (uint256 quoteWad) {
        uint256 id = vm.snapshotState();
        quoteWad = spot.sellBase(base) * 10 ** (18 - collateralDecimals());
        vm.revertToState(id);
    }

    function executionUpdate(uint256 price, uint256 publishTime) internal view returns (bytes[] memory update) {
        update = new bytes[](1);
        update[0] = priceUpdate(price, publishTime, publishTime - 1);
    }

    /// @dev Tokens and account value of an account: WAD quote, with base at `price`, a whole number.
    function wealthOf(address account, uint256 price) internal view returns (int256) {
        return int256(weth.balanceOf(account) * price + usd.balanceOf(account) * 1e12) + valueOf(account);
    }
}
