// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IExitInKind} from "../../src/interfaces/IExitInKind.sol";
import {LpRequestVaultTest} from "../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../utils/MakerKind.sol";

/// @dev Carol has left a quote vault that holds base and collateral. One of the two tokens refuses to move to her.
contract ExitInKindClaimsTest is LpRequestVaultTest(MakerKind.SpotHedgeQuote) {
    IExitInKind.Slice private _slice;

    function setUp() public override {
        super.setUp();
        uint256 shares = enter(carol, 200_000 * USD);
        openPosition(900_000, 200e18);
        vm.startPrank(carol);
        maker.approve(address(backstop), shares);
        uint256 exitId = backstop.startExit(address(maker), shares);
        vm.stopPrank();
        skip(1 hours);
        _slice = backstop.executeExit(exitId, 0);
        assertGt(_slice.assetXCD, 0);
        assertGt(_slice.baseXCD, 0);
    }

    function test_Claim_OfBase_WhileTheAssetDoesNotMove() public {
        _refuse(IERC20(address(usd)));
        backstop.claimSlice(address(maker), carol);
        assertEq(weth.balanceOf(carol), _slice.baseXCD);
        _assertLater(_slice.assetXCD, 0);
        assertEq(usd.balanceOf(carol), _slice.assetXCD);
    }

    function test_Claim_OfTheAsset_WhileBaseDoesNotMove() public {
        uint256 held = usd.balanceOf(carol);
        _refuse(IERC20(address(weth)));
        backstop.claimSlice(address(maker), carol);
        assertEq(usd.balanceOf(carol) - held, _slice.assetXCD);
        _assertLater(0, _slice.baseXCD);
        assertEq(weth.balanceOf(carol), _slice.baseXCD);
    }

    function test_Claim_RevertIf_NeitherMoves() public {
        _refuse(IERC20(address(usd)));
        _refuse(IERC20(address(weth)));
        vm.expectRevert(abi.encodeWithSelector(IExitInKind.NothingToClaim.selector, maker, carol));
        backstop.claimSlice(address(maker), carol);
        vm.clearMockedCalls();
        backstop.claimSlice(address(maker), carol);
        assertEq(weth.balanceOf(carol), _slice.baseXCD);
    }

    function _refuse(IERC20 token) private {
        vm.mockCallRevert(address(token), abi.encodeWithSelector(IERC20.transfer.selector, carol), "blocked");
    }

    /// @dev The other claim is open, and is paid when its token moves again.
    function _assertLater(uint256 assetXCD, uint256 baseXCD) private {
        IExitInKind.SliceClaim memory claim = backstop.sliceClaimOf(address(maker), carol);
        assertEq(claim.assetXCD, assetXCD);
        assertEq(claim.baseXCD, baseXCD);
        vm.clearMockedCalls();
        backstop.claimSlice(address(maker), carol);
    }
}
