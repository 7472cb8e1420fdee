// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {IExitInKind} from "../../src/interfaces/IExitInKind.sol";
import {Price} from "../../src/types/Units.sol";
import {LpRequestVaultTest} from "../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../utils/MakerKind.sol";

/// @dev Exits in kind from hedged vaults. Carol is one of two LPs.
abstract contract ExitInKindHedgedSuite is LpRequestVaultTest {
    uint256 internal constant NOTICE = 1 hours;

    uint256 internal carols;

    function setUp() public virtual override {
        super.setUp();
        carols = enter(carol, kind == MakerKind.SpotHedgeBase ? 20e18 : 200_000 * USD);
        vm.prank(carol);
        maker.approve(address(backstop), type(uint256).max);
    }

    function leave(uint256 shares) internal returns (IExitInKind.Slice memory) {
        vm.prank(carol);
        uint256 exitId = backstop.startExit(address(maker), shares);
        skip(NOTICE);
        return backstop.executeExit(exitId, 0);
    }

    function balance() internal view returns (uint256) {
        return kind == MakerKind.SpotHedgeBase ? shb.assetBalance() : shq.assetBalance();
    }

    function liability() internal view returns (uint256) {
        return kind == MakerKind.SpotHedgeBase ? shb.assetLiability() : shq.assetLiability();
    }

    function heldBase() internal view returns (uint256) {
        return kind == MakerKind.SpotHedgeBase ? 0 : shq.baseBalance();
    }

    /// @dev Value of all that the maker owns at a price, WAD quote, floor.
    function worthAt(uint256 price) internal view returns (int256) {
        int256 value = vault.accountState(market, address(maker), Price.wrap(price)).value.unwrap();
        if (kind == MakerKind.SpotHedgeBase) return value + int256(balance() * price / 1e18);
        return value + int256(balance() * 1e12 + heldBase() * price / 1e18);
    }

    function shareWorthAt(uint256 price) internal view returns (int256) {
        return worthAt(price) * 1e18 / int256(maker.totalSupply() + 1e6);
    }

    /// @dev Position, balances and liability shrink by one fraction.
    function test_Position_EverythingShrinksByOneFraction() public {
        openPosition(900_000, 200e18);
        int256 size = sizeOf(address(maker));
        uint256 held = balance();
        uint256 owed = liability();
        uint256 base = heldBase();
        int256 margin = marginOf(address(maker));
        IExitInKind.Slice memory slice = leave(carols);
        assertTrue(slice.base != 0);
        assertEq(sizeOf(carol), slice.base);
        assertEq(sizeOf(address(maker)), size - slice.base);
        uint256 part = uint256(slice.base * 1e18 / size);
        assertApproxEqRel(liability(), owed * (1e18 - part) / 1e18, 1e8);
        // 5 bps of the balance stay, as in a redemption.
        assertApproxEqRel(held - balance(), held * part / 1e18 * 9995 / 10_000, 1e12);
        assertApproxEqAbs(heldBase(), base - base * part / 1e18, 1e3);
        assertApproxEqAbs(marginOf(address(maker)), margin - slice.margin, 1);
        assertEq(slice.assetXCD, held - balance());
        assertEq(slice.baseXCD, base - heldBase());
    }

    function test_Claim_IsPaidToTheOwner() public {
        openPosition(900_000, 200e18);
        IExitInKind.Slice memory slice = leave(carols);
        uint256 held = token.balanceOf(carol);
        uint256 base = weth.balanceOf(carol);
        vm.prank(stranger);
        backstop.claimSlice(address(maker), carol);
        assertEq(token.balanceOf(carol) - held, slice.assetXCD);
        if (kind == MakerKind.SpotHedgeQuote) assertEq(weth.balanceOf(carol) - base, slice.baseXCD);
        vm.expectRevert(abi.encodeWithSelector(IExitInKind.NothingToClaim.selector, address(maker), carol));
        backstop.claimSlice(address(maker), carol);
        assertGe(token.balanceOf(address(maker)), balance());
    }

    function test_DeadFeedAndPreview() public {
        openPosition(900_000, 200e18);
        vm.prank(carol);
        uint256 exitId = backstop.startExit(address(maker), carols);
        skip(NOTICE);
        IExitInKind.Slice memory quoted = backstop.previewExit(address(maker), carols);
        IExitInKind.Slice memory slice = backstop.executeExit(exitId, 0);
        assertEq(keccak256(abi.encode(quoted)), keccak256(abi.encode(slice)));
        assertGt(slice.fee, 0, "the path's fee");
    }

    function testFuzz_OthersKeepTheirValueAtEveryPrice(uint256 shares, uint256 size, uint256 price) public {
        openPosition(900_000, bound(size, 1e18, 200e18));
        shares = bound(shares, 1e12, carols);
        price = bound(price, 1e18, 6000e18);
        vm.prank(carol);
        uint256 exitId = backstop.startExit(address(maker), shares);
        skip(NOTICE);
        int256 worth = worthAt(price);
        int256 shareWorth = shareWorthAt(price);
        IExitInKind.Slice memory slice = backstop.executeExit(exitId, 0);
        if (worth > 0) assertGe(shareWorthAt(price) + 1, shareWorth, "others");
        int256 left = vault.accountState(market, carol, Price.wrap(price)).value.unwrap();
        if (kind == MakerKind.SpotHedgeBase) left += int256(slice.assetXCD * price / 1e18);
        else left += int256(slice.assetXCD * 1e12 + slice.baseXCD * price / 1e18);
        assertApproxEqAbs(worthAt(price) + left, worth, 5, "conserved");
    }
}

contract ExitInKindBaseVaultTest is LpRequestVaultTest(MakerKind.SpotHedgeBase), ExitInKindHedgedSuite {
    function setUp() public override(LpRequestVaultTest, ExitInKindHedgedSuite) {
        ExitInKindHedgedSuite.setUp();
    }

    /// @dev A delta-neutral short has bought all base: a redemption has nothing to pay, an exit in kind leaves.
    function test_FullySoldVault() public {
        spot.provide(baseXCD(95_000e18));
        addMargin(alice, 900_000 * USD);
        sell(alice, address(shb), shb.assetBalance());
        assertEq(shb.assetBalance(), 0);
        IExitInKind.Slice memory slice = leave(carols);
        assertApproxEqAbs(sizeOf(carol), 20e18, 0.1e18);
        assertEq(slice.assetXCD, 0);
        assertGt(slice.margin, 39_000e18);
    }
}

contract ExitInKindQuoteVaultTest is LpRequestVaultTest(MakerKind.SpotHedgeQuote), ExitInKindHedgedSuite {
    function setUp() public override(LpRequestVaultTest, ExitInKindHedgedSuite) {
        ExitInKindHedgedSuite.setUp();
    }
}

/// @dev An empty breaker delays the base of a slice, and nothing else.
contract ExitInKindBreakerTest is LpRequestVaultTest(MakerKind.SpotHedgeBase) {
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        (c.breakerWindow, c.breakerMaxOutflow, c.breakerMaxBaseOutflow) = (1 days, 100_000, 100_000);
    }

    function test_EmptyBreakerDelaysTheClaim() public {
        uint256 carols = enter(carol, 50e18);
        vm.startPrank(carol);
        maker.approve(address(backstop), type(uint256).max);
        skip(2 days);
        uint256 exitId = backstop.startExit(address(maker), carols);
        skip(1 hours);
        IExitInKind.Slice memory slice = backstop.executeExit(exitId, 0);
        uint256 held = weth.balanceOf(carol);
        (uint256 paid,) = backstop.claimSlice(address(maker), carol);
        assertEq(weth.balanceOf(carol) - held, paid);
        assertLt(paid, slice.assetXCD);
        vm.expectRevert(abi.encodeWithSelector(IExitInKind.NothingToClaim.selector, address(maker), carol));
        backstop.claimSlice(address(maker), carol);
        assertEq(backstop.sliceClaimOf(address(maker), carol).assetXCD, slice.assetXCD - paid);
        skip(1 days);
        (uint256 next,) = backstop.claimSlice(address(maker), carol);
        assertGt(next, 0);
        vm.stopPrank();
    }
}
